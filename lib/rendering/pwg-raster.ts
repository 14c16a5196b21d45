import {
  compressLines,
  type PageNumber,
  type PageRaster,
  type PageRasterFormat,
  RASTER_PIXELS,
  type RasterColor,
} from './page-raster.ts'
import { type SheetBack, type SheetTransform, sheetTransform, transformed } from './sheet-back.ts'

const SYNC_WORD = 'RaS2'
const HEADER_BYTES = 1796
const POINTS_PER_INCH = 72
const COLOR_SPACES = { black_1: 3, sgray_8: 18, srgb_8: 19 } as const satisfies Record<RasterColor, number>

/** One page of a document that consists of them: PWG 5102.4. Pure. */
export function toPwgPage(
  raster: PageRaster,
  format: PageRasterFormat & { readonly sheetBack: SheetBack },
  { number, total }: PageNumber,
): Buffer {
  const transform = sheetTransform(format, { number, total })
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
  { transform, total }: { readonly transform: SheetTransform; readonly total: number },
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
