/** Takes PWG raster and URF apart by their specifications, sharing nothing with what wrote them. */
export interface RasterPage {
  readonly header: Buffer
  readonly lines: Buffer
  readonly widthPx: number
  readonly heightPx: number
}

const PWG_HEADER_BYTES = 1796
const URF_HEADER_BYTES = 32

export function readPwg(file: Buffer): readonly RasterPage[] {
  if (file.toString('latin1', 0, 4) !== 'RaS2') throw new Error('no PWG raster')
  const pages: RasterPage[] = []
  for (let at = 4; at < file.length; ) {
    const header = file.subarray(at, at + PWG_HEADER_BYTES)
    if (header.toString('latin1', 0, 10) !== 'PwgRaster\0') throw new Error(`no header at ${at}`)
    const [widthPx, heightPx, bits, lineBytes] = [372, 376, 388, 392].map((offset) =>
      header.readUInt32BE(offset),
    )
    const shape = {
      lineBytes: lineBytes ?? 0,
      heightPx: heightPx ?? 0,
      unitBytes: Math.max(1, (bits ?? 0) / 8),
    }
    const { lines, end } = decompress(file, at + PWG_HEADER_BYTES, shape)
    pages.push({ header, lines, widthPx: widthPx ?? 0, heightPx: heightPx ?? 0 })
    at = end
  }
  return pages
}

export function readUrf(file: Buffer): readonly RasterPage[] {
  if (file.toString('latin1', 0, 8) !== 'UNIRAST\0') throw new Error('no URF')
  const pages: RasterPage[] = []
  let at = 12
  for (let count = file.readUInt32BE(8); count > 0; count -= 1) {
    const header = file.subarray(at, at + URF_HEADER_BYTES)
    const unitBytes = (header[0] ?? 0) / 8
    const widthPx = header.readUInt32BE(12)
    const heightPx = header.readUInt32BE(16)
    const shape = { lineBytes: widthPx * unitBytes, heightPx, unitBytes }
    const { lines, end } = decompress(file, at + URF_HEADER_BYTES, shape)
    pages.push({ header, lines, widthPx, heightPx })
    at = end
  }
  if (at !== file.length) throw new Error('bytes after the last page')
  return pages
}

interface Shape {
  readonly lineBytes: number
  readonly heightPx: number
  readonly unitBytes: number
}

function decompress(file: Buffer, start: number, shape: Shape): { lines: Buffer; end: number } {
  const lines: Buffer[] = []
  let at = start
  while (lines.length < shape.heightPx) {
    const repeats = (file[at] ?? 0) + 1
    const { line, end } = decompressLine(file, at + 1, shape)
    for (let repeat = 0; repeat < repeats; repeat += 1) lines.push(line)
    at = end
  }
  if (lines.length !== shape.heightPx) throw new Error(`${lines.length} lines, not ${shape.heightPx}`)
  return { lines: Buffer.concat(lines), end: at }
}

function decompressLine(file: Buffer, start: number, { lineBytes, unitBytes }: Shape) {
  const parts: Buffer[] = []
  let length = 0
  let at = start
  while (length < lineBytes) {
    const control = file[at] ?? 128
    if (control === 128) throw new Error('a code that is reserved')
    const [copies, units] = control < 128 ? [control + 1, 1] : [1, 257 - control]
    const unit = file.subarray(at + 1, at + 1 + units * unitBytes)
    for (let copy = 0; copy < copies; copy += 1) parts.push(unit)
    length += copies * unit.length
    at += 1 + unit.length
  }
  if (length !== lineBytes) throw new Error(`a line of ${length} bytes, not ${lineBytes}`)
  return { line: Buffer.concat(parts), end: at }
}
