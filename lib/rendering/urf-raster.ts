import {
  compressLines,
  type PageNumber,
  type PageRaster,
  type PageRasterFormat,
  RASTER_PIXELS,
  type RasterColor,
} from './page-raster.ts'
import { type SheetBack, sheetTransform, transformed } from './sheet-back.ts'

const FILE_HEADER_BYTES = 12
const PAGE_HEADER_BYTES = 32
const COLOR_SPACE_GREY = 0
const COLOR_SPACE_SRGB = 1
const DUPLEX = { 'one-sided': 1, 'two-sided-short-edge': 2, 'two-sided-long-edge': 3 } as const
const QUALITY_NORMAL = 4

/**
 * One page of a document that consists of them: Apple's raster as AirPrint printers take it, after libcups'
 * raster-stream.c. Pixels of one bit are not part of it, and nothing in it tells how the back of a sheet is laid. Pure.
 */
export function toUrfPage(
  raster: PageRaster,
  format: PageRasterFormat & {
    readonly color: Exclude<RasterColor, 'black_1'>
    readonly sheetBack: SheetBack
  },
  { number, total }: PageNumber,
): Buffer {
  const laid = transformed(raster, format.color, sheetTransform(format, { number, total }))
  const lines = compressLines(laid, RASTER_PIXELS[format.color].unitBytes)
  const start = number === 1 ? fileHeader(total) : Buffer.alloc(0)
  return Buffer.concat([start, pageHeader(raster, format), lines])
}

function fileHeader(pages: number): Buffer {
  const header = Buffer.alloc(FILE_HEADER_BYTES)
  header.write('UNIRAST\0', 0, 'latin1')
  header.writeUInt32BE(pages, 8)
  return header
}

function pageHeader({ widthPx, heightPx }: PageRaster, { color, dpi, sides }: PageRasterFormat): Buffer {
  const header = Buffer.alloc(PAGE_HEADER_BYTES)
  header[0] = RASTER_PIXELS[color].bits
  header[1] = color === 'srgb_8' ? COLOR_SPACE_SRGB : COLOR_SPACE_GREY
  header[2] = DUPLEX[sides]
  header[3] = QUALITY_NORMAL
  header.writeUInt32BE(widthPx, 12)
  header.writeUInt32BE(heightPx, 16)
  header.writeUInt32BE(dpi, 20)
  return header
}
