/** Pages of dots for IPP printers: 1 bit black, 8 bits grey or 24 bits sRGB. */
export type RasterColor = 'black_1' | 'sgray_8' | 'srgb_8'

export interface PageRaster {
  readonly widthPx: number
  readonly heightPx: number
  readonly bytesPerLine: number
  /** Rows from the top. `black_1`: 1 is black; else 0 is. */
  readonly lines: Uint8Array
}

/** What all pages of one document have in common. */
export interface PageRasterFormat {
  readonly color: RasterColor
  readonly dpi: number
  readonly sides: 'one-sided' | 'two-sided-long-edge' | 'two-sided-short-edge'
}

/** `number` counts from 1. */
export interface PageNumber {
  readonly number: number
  readonly total: number
}

/** Of a color: bits of a pixel, and the unit by which PWG raster and URF compress. */
export const RASTER_PIXELS = {
  black_1: { bits: 1, unitBytes: 1 },
  sgray_8: { bits: 8, unitBytes: 1 },
  srgb_8: { bits: 24, unitBytes: 3 },
} as const satisfies Record<RasterColor, { bits: number; unitBytes: number }>

const LINE_REPEATS_MAX = 256
const RUN_MAX = 128

/**
 * The compression that both formats share (PWG 5102.4, section 4.4): each different line with the number of its repeats,
 * in it runs of one unit, `n` for n + 1 of it, and of different ones, 257 - n. Pure.
 */
export function compressLines({ bytesPerLine, heightPx, lines }: PageRaster, unitBytes: number): Buffer {
  const parts: Buffer[] = []
  const lineAt = (y: number) => Buffer.from(lines.buffer, lines.byteOffset + y * bytesPerLine, bytesPerLine)
  for (let y = 0; y < heightPx; ) {
    const line = lineAt(y)
    let repeats = 1
    while (repeats < LINE_REPEATS_MAX && y + repeats < heightPx && line.equals(lineAt(y + repeats)))
      repeats += 1
    parts.push(Buffer.of(repeats - 1), compressLine(line, unitBytes))
    y += repeats
  }
  return Buffer.concat(parts)
}

function compressLine(line: Buffer, unitBytes: number): Buffer {
  const count = line.length / unitBytes
  // A code before each unit is the most that there can be.
  const out = Buffer.allocUnsafe(line.length + count)
  const isSame = (a: number, b: number) => sameUnit(line, unitBytes, a, b)
  let length = 0
  for (let at = 0; at < count; ) {
    const run = runLength(at, count, isSame)
    const taken = run > 1 ? run : differentLength(at, count, isSame)
    out[length] = run > 1 || taken === 1 ? run - 1 : 257 - taken
    const bytes = (run > 1 ? 1 : taken) * unitBytes
    line.copy(out, length + 1, at * unitBytes, at * unitBytes + bytes)
    length += 1 + bytes
    at += taken
  }
  return out.subarray(0, length)
}

type Compare = (a: number, b: number) => boolean

function sameUnit(line: Buffer, unitBytes: number, a: number, b: number): boolean {
  for (let byte = 0; byte < unitBytes; byte += 1) {
    if (line[a * unitBytes + byte] !== line[b * unitBytes + byte]) return false
  }
  return true
}

function runLength(at: number, count: number, isSame: Compare): number {
  let run = 1
  while (run < RUN_MAX && at + run < count && isSame(at, at + run)) run += 1
  return run
}

/** Up to where the next run begins. */
function differentLength(at: number, count: number, isSame: Compare): number {
  let length = 1
  while (length < RUN_MAX && at + length < count) {
    if (at + length + 1 < count && isSame(at + length, at + length + 1)) break
    length += 1
  }
  return length
}
