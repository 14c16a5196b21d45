import { type PageSize, UnreadableError } from './rendering.ts'

/** contracts/printing.md, Intake. */
export const DOCUMENT_MAX_BYTES = 25 * 1024 * 1024
export const DOCUMENT_MAX_PAGES = 1000
export const RASTER_MAX_PIXELS = 64_000_000

const POINTS_PER_INCH = 72

export interface RasterSize {
  readonly widthPx: number
  readonly heightPx: number
}

/** Size of a page's raster, refused before a byte of it is allocated. `subject` begins the message: "page 3". */
export function rasterSize(page: PageSize, dpi: number, subject: string): RasterSize {
  const widthPx = dots(page.widthPt, dpi)
  const heightPx = dots(page.heightPt, dpi)
  if (widthPx * heightPx > RASTER_MAX_PIXELS) {
    throw new UnreadableError('too_large', `${subject} would have more than 64 megapixels at ${dpi} dpi`)
  }
  return { widthPx, heightPx }
}

/** Rounded, never cut off: at 203 dpi a label 2.25 in wide has 457 dots, and pdfium alone would draw 456. */
function dots(points: number, dpi: number): number {
  return Math.max(1, Math.round((points * dpi) / POINTS_PER_INCH))
}
