/** Barcodes as bars: contracts/thermal.md, section 6. */
import bwipjs from 'bwip-js/node'
import type { BarcodeType } from './barcode-value.ts'

/** bwip-js's names and options. */
const SYMBOLOGIES: Readonly<Record<BarcodeType, Readonly<Record<string, string | boolean>>>> = {
  // Latin-1 is bytes to a scanner; the library would make UTF-8 of it.
  CODE128: { bcid: 'code128', binarytext: true },
  EAN13: { bcid: 'ean13' },
  EAN8: { bcid: 'ean8' },
  UPCA: { bcid: 'upca' },
  UPCE: { bcid: 'upce' },
  CODE39: { bcid: 'code39' },
  CODE93: { bcid: 'code93', includecheck: true },
  ITF: { bcid: 'interleaved2of5' },
  CODABAR: { bcid: 'rationalizedCodabar' },
}

/**
 * Widths of bars and spaces in turn, beginning with a bar, in modules; no white at the sides. The value is one that
 * `completeValue` gave.
 */
export function barcodeModules(type: BarcodeType, value: string): readonly number[] {
  const text = type === 'CODABAR' ? value.toUpperCase() : value
  // The library's types don't know the options of single encoders.
  const options = { ...SYMBOLOGIES[type], text } as unknown as Parameters<typeof bwipjs.raw>[0]
  const [drawn] = bwipjs.raw(options)
  if (!drawn || !('sbs' in drawn)) throw new Error(`no bars for ${type}`)
  return drawn.sbs
}
