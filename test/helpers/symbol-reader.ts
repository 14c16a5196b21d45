/** Reads barcodes and QR codes back from dots, with a reader that shares nothing with what drew them. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { prepareZXingModule, type ReaderOptions, type ReadResult, readBarcodes } from 'zxing-wasm/reader'

export interface ReadSymbol {
  readonly format: string
  readonly text: string
}

/** Rows of bits, most significant bit left, 1 is black. */
export interface Dots {
  readonly widthBytes: number
  readonly heightDots: number
  readonly bits: Uint8Array
}

// By itself it would fetch its WebAssembly from the network.
const wasmBinary = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'))
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasmBinary).buffer } })

/** Of these formats alone, if given: pieces of a long barcode may look like a short one of another format. */
export async function readSymbols(
  dots: Dots,
  formats: ReaderOptions['formats'] = [],
): Promise<readonly ReadSymbol[]> {
  const width = dots.widthBytes * 8
  const data = new Uint8ClampedArray(width * dots.heightDots * 4)
  for (let at = 0; at < width * dots.heightDots; at++) {
    const isBlack = ((dots.bits[at >> 3] ?? 0) & (0x80 >> (at & 7))) !== 0
    data.fill(isBlack ? 0 : 255, at * 4, at * 4 + 3)
    data[at * 4 + 3] = 255
  }
  const found = await readBarcodes(
    { data, width, height: dots.heightDots, colorSpace: 'srgb' },
    { formats, tryHarder: true, maxNumberOfSymbols: 8, minLineCount: 1 },
  )
  return found.map((symbol) => ({ format: symbol.format, text: textOf(symbol) }))
}

/** Bytes as they were read: a barcode's are Latin-1. */
function textOf({ bytes, text }: ReadResult): string {
  return bytes.length > 0 ? Buffer.from(bytes).toString('latin1') : text
}
