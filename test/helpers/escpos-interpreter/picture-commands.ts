/** Pictures: rows (GS v 0), columns in a line (ESC *) and stored graphics (GS ( L, GS 8 L). */
import type { Commands } from './commands.ts'
import type { PrintedPicture } from './paper.ts'
import type { Printer } from './printer.ts'

const RASTER_ROWS_MAX = 2303
const COLUMNS_MAX = 2047
const GRAPHICS_DOTS_MAX = 2400

/** ESC * m: bytes a column, and by how much a dot is stretched. */
const COLUMN_MODES: Readonly<Record<number, { bytes: number; wide: number; high: number }>> = {
  0: { bytes: 1, wide: 2, high: 3 },
  1: { bytes: 1, wide: 1, high: 3 },
  32: { bytes: 3, wide: 2, high: 1 },
  33: { bytes: 3, wide: 1, high: 1 },
}

export const PICTURE_ESC: Commands = { '*': columnPicture }
export const PICTURE_GS: Commands = { v: rasterPicture }

type Row = (x: number) => boolean

function rasterPicture(printer: Printer): void {
  const { reader } = printer
  reader.oneOf('GS v', [0x30])
  const mode = reader.oneOf('raster mode', [0, 1, 2, 3], true)
  const widthBytes = reader.word()
  const rows = reader.word()
  if (widthBytes === 0 || rows === 0) throw reader.error('a raster without dots')
  if (rows > RASTER_ROWS_MAX) throw reader.error(`a raster of ${rows} rows, above ${RASTER_ROWS_MAX}`)
  const wide = mode & 1 ? 2 : 1
  const high = mode & 2 ? 2 : 1
  printer.place('a raster', widthBytes * 8 * wide)
  const data = reader.take(widthBytes * rows)
  printer.needLineStart('GS v 0')
  const lines = Array.from({ length: rows * high }, (_, y) => {
    const row = data.subarray(Math.floor(y / high) * widthBytes, (Math.floor(y / high) + 1) * widthBytes)
    return wide === 1 ? row : packed(widthBytes * 16, (x) => bitOf(row, x >> 1))
  })
  printPicture(printer, 'raster', { widthDots: widthBytes * 8 * wide, rows: lines })
}

function columnPicture(printer: Printer): void {
  const { reader, line, settings } = printer
  const mode = COLUMN_MODES[reader.oneOf('bit image mode', [0, 1, 32, 33])]
  const columns = reader.word()
  if (columns === 0 || columns > COLUMNS_MAX) throw reader.error(`a bit image of ${columns} columns`)
  if (!mode) return
  const { bytes, wide, high } = mode
  const widthDots = columns * wide
  if (line.atDots + widthDots > settings.area.widthDots)
    throw reader.error('a bit image is wider than the line')
  const data = reader.take(columns * bytes)
  const rows = Array.from({ length: bytes * 8 * high }, (_, y) => {
    const bit = Math.floor(y / high)
    return packed(widthDots, (x) => {
      const byte = data[Math.floor(x / wide) * bytes + (bit >> 3)] ?? 0
      return (byte & (0x80 >> (bit & 7))) !== 0
    })
  })
  line.addPicture({ widthDots, heightDots: rows.length, rows }, reader.commandAt)
}

/** The data of GS ( L and GS 8 L after their length: m fn and what the function wants. */
export function graphics(printer: Printer, length: number): void {
  const { reader } = printer
  if (length < 2) throw reader.error('graphics without a function')
  reader.oneOf('graphics', [48])
  const task = reader.oneOf('graphics function', [2, 50, 112])
  if (task === 112) storeGraphics(printer, length - 2)
  else if (length !== 2) throw reader.error('printing graphics takes 2 bytes')
  else printGraphics(printer)
}

function storeGraphics(printer: Printer, length: number): void {
  const { reader } = printer
  if (length < 8) throw reader.error('graphics without their size')
  reader.oneOf('tone', [48])
  const wide = reader.oneOf('horizontal factor', [1, 2])
  const high = reader.oneOf('vertical factor', [1, 2])
  reader.oneOf('colour', [49])
  const columns = reader.word()
  const rows = reader.word()
  const widthBytes = Math.ceil(columns / 8)
  if (columns === 0 || rows === 0 || columns > GRAPHICS_DOTS_MAX || rows > GRAPHICS_DOTS_MAX) {
    throw reader.error(`graphics of ${columns} × ${rows} dots`)
  }
  if (length - 8 !== widthBytes * rows)
    throw reader.error('the length of the graphics is not that of their size')
  const data = reader.take(widthBytes * rows)
  const lines = Array.from({ length: rows * high }, (_, y) => {
    const row = data.subarray(Math.floor(y / high) * widthBytes, (Math.floor(y / high) + 1) * widthBytes)
    return packed(columns * wide, (x) => bitOf(row, Math.floor(x / wide)))
  })
  printer.set({ graphics: { widthDots: columns * wide, rows: lines } })
}

function printGraphics(printer: Printer): void {
  const { graphics: stored } = printer.settings
  if (!stored) throw printer.reader.error('there are no graphics to print')
  printer.needLineStart('GS ( L')
  printPicture(printer, 'graphics', stored)
  printer.set({ graphics: undefined })
}

function printPicture(
  printer: Printer,
  source: PrintedPicture['source'],
  { widthDots, rows }: { widthDots: number; rows: readonly Uint8Array[] },
): void {
  const place = printer.place('a picture', widthDots)
  const bits = new Uint8Array(Buffer.concat(rows))
  const size = { widthDots, widthBytes: Math.ceil(widthDots / 8), heightDots: rows.length }
  printer.add<PrintedPicture>({ kind: 'picture', source, ...place, ...size, bits }, rows.length)
}

function packed(widthDots: number, isBlack: Row): Uint8Array {
  const row = new Uint8Array(Math.ceil(widthDots / 8))
  for (let x = 0; x < widthDots; x++) if (isBlack(x)) row[x >> 3] = (row[x >> 3] ?? 0) | (0x80 >> (x & 7))
  return row
}

function bitOf(row: Uint8Array, x: number): boolean {
  return ((row[x >> 3] ?? 0) & (0x80 >> (x & 7))) !== 0
}
