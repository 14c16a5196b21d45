/** Barcodes as bars: contracts/thermal.md, section 6. */
import bwipjs from 'bwip-js/node'
import { type BarcodeType, completeValue } from './barcode-value.ts'

export interface BarcodeSymbol {
  /** Modules, bars and spaces in turn, beginning with a bar; no white at the sides. */
  readonly modules: readonly number[]
  /** The value with its check digit, as people read it. */
  readonly text: string
}

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

/** Throws ThermalError, `'123' is not a valid EAN13 value`. The value is not empty. */
export function barcodeSymbol(type: BarcodeType, value: string): BarcodeSymbol {
  const text = completeValue(type, value)
  const encoded = type === 'CODABAR' ? text.toUpperCase() : text
  const [drawn] = bwipjs.raw({ ...SYMBOLOGIES[type], text: encoded } as unknown as Parameters<
    typeof bwipjs.raw
  >[0])
  if (!drawn || !('sbs' in drawn)) throw new Error(`no bars for ${type}`)
  return { modules: drawn.sbs, text }
}
