import sharp from 'sharp'
import { rasterSize } from './document-limits.ts'
import { openMeasuredPdf } from './pdf-page.ts'
import { type DrawingOptions, UnreadableError } from './rendering.ts'

const BLACK_BELOW = 128

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
  const pixels = pdf.draw(page - 1, size)
  const picture = sharp(pixels, { raw: { width: size.widthPx, height: size.heightPx, channels: 3 } })
  // Dithering loses the thin bars of a barcode; a fixed threshold keeps them.
  const drawn = isBlackAndWhite ? picture.greyscale().threshold(BLACK_BELOW).toColourspace('b-w') : picture
  const format = isBlackAndWhite ? { palette: true, colours: 2 } : {}
  return drawn.withDensity(dpi).png(format).toBuffer()
}
