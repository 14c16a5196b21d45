import { toBitmap } from './bitmap.ts'
import { rasterSize } from './document-limits.ts'
import { openMeasuredPdf } from './pdf-page.ts'
import { encodePng } from './picture-encoding.ts'
import { type DrawingOptions, UnreadableError } from './rendering.ts'

/** `page` counts from 1. */
export async function drawPage(
  bytes: Uint8Array,
  page: number,
  dpi: number,
  { isBlackAndWhite = false }: DrawingOptions,
): Promise<Uint8Array> {
  const pdf = await openMeasuredPdf(bytes)
  if (!Number.isInteger(page) || page < 1 || page > pdf.pageCount) {
    throw new UnreadableError(
      'unreadable',
      `the PDF has ${pdf.pageCount} pages, none with the number ${page}`,
    )
  }
  const size = rasterSize(pdf.pageSize(page - 1), dpi, `page ${page}`)
  const raster = { ...size, pixels: pdf.draw(page - 1, size) }
  return encodePng(isBlackAndWhite ? toBitmap(raster) : raster, dpi)
}
