import {
  compressLines,
  type PageNumber,
  type PageRaster,
  type PageRasterFormat,
  RASTER_PIXELS,
  type RasterColor,
} from './page-raster.ts'

/** `pwg-raster-document-sheet-back`: how the printer feeds the back of a sheet. */
export type SheetBack = 'normal' | 'rotated' | 'flipped' | 'manual-tumble'

/** Pixels to one side; PWG 5102.4, table 13 ("back side image transformations"). */
interface Transform {
  readonly crossFeed: 1 | -1
  readonly feed: 1 | -1
}

const SYNC_WORD = 'RaS2'
const HEADER_BYTES = 1796
const POINTS_PER_INCH = 72
const COLOR_SPACES = { black_1: 3, sgray_8: 18, srgb_8: 19 } as const satisfies Record<RasterColor, number>

const UPRIGHT: Transform = { crossFeed: 1, feed: 1 }
const BACKS: Readonly<Record<SheetBack, { readonly long: Transform; readonly short: Transform }>> = {
  normal: { long: UPRIGHT, short: UPRIGHT },
  rotated: { long: { crossFeed: -1, feed: -1 }, short: UPRIGHT },
  flipped: { long: { crossFeed: 1, feed: -1 }, short: { crossFeed: -1, feed: 1 } },
  'manual-tumble': { long: UPRIGHT, short: { crossFeed: -1, feed: -1 } },
}

/** One page of a document that consists of them: PWG 5102.4. Pure. */
export function toPwgPage(
  raster: PageRaster,
  format: PageRasterFormat & { readonly sheetBack: SheetBack },
  { number, total }: PageNumber,
): Buffer {
  const isBack = format.sides !== 'one-sided' && number % 2 === 0
  const back = BACKS[format.sheetBack][format.sides === 'two-sided-short-edge' ? 'short' : 'long']
  const transform = isBack ? back : UPRIGHT
  const lines = compressLines(
    transformed(raster, format.color, transform),
    RASTER_PIXELS[format.color].unitBytes,
  )
  const start = Buffer.from(number === 1 ? SYNC_WORD : '')
  return Buffer.concat([start, pageHeader(raster, format, { transform, total }), lines])
}

function pageHeader(
  { widthPx, heightPx, bytesPerLine }: PageRaster,
  { color, dpi, sides }: PageRasterFormat,
  { transform, total }: { readonly transform: Transform; readonly total: number },
): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  const { bits } = RASTER_PIXELS[color]
  const colors = color === 'srgb_8' ? 3 : 1
  header.write('PwgRaster', 0, 'latin1')
  const fields: readonly (readonly [offset: number, value: number])[] = [
    [272, sides === 'one-sided' ? 0 : 1], // Duplex
    [276, dpi], // HWResolution, across and along
    [280, dpi],
    [340, 1], // NumCopies: the job's attribute counts
    [352, Math.round((widthPx * POINTS_PER_INCH) / dpi)], // PageSize
    [356, Math.round((heightPx * POINTS_PER_INCH) / dpi)],
    [368, sides === 'two-sided-short-edge' ? 1 : 0], // Tumble
    [372, widthPx],
    [376, heightPx],
    [384, bits / colors], // BitsPerColor
    [388, bits], // BitsPerPixel
    [392, bytesPerLine],
    [400, COLOR_SPACES[color]],
    [420, colors], // NumColors
    [452, total], // TotalPageCount
    [456, transform.crossFeed],
    [460, transform.feed],
  ]
  for (const [offset, value] of fields) header.writeInt32BE(value, offset)
  return header
}

function transformed(raster: PageRaster, color: RasterColor, { crossFeed, feed }: Transform): PageRaster {
  if (crossFeed === 1 && feed === 1) return raster
  const { widthPx, heightPx, bytesPerLine, lines } = raster
  const turned = new Uint8Array(lines.length)
  for (let y = 0; y < heightPx; y += 1) {
    const from = (feed === 1 ? y : heightPx - 1 - y) * bytesPerLine
    const line = lines.subarray(from, from + bytesPerLine)
    turned.set(crossFeed === 1 ? line : mirrored(line, widthPx, color), y * bytesPerLine)
  }
  return { ...raster, lines: turned }
}

function mirrored(line: Uint8Array, widthPx: number, color: RasterColor): Uint8Array {
  const result = new Uint8Array(line.length)
  const { unitBytes } = RASTER_PIXELS[color]
  for (let x = 0; x < widthPx; x += 1) {
    const to = widthPx - 1 - x
    if (color === 'black_1') {
      const isBlack = ((line[x >> 3] as number) & (0x80 >> (x & 7))) !== 0
      if (isBlack) result[to >> 3] = (result[to >> 3] as number) | (0x80 >> (to & 7))
    } else {
      result.set(line.subarray(x * unitBytes, (x + 1) * unitBytes), to * unitBytes)
    }
  }
  return result
}
