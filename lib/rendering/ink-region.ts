import type { RasterSize } from './document-limits.ts'
import type { Region } from './page-placement.ts'
import type { OpenPdf } from './pdfium.ts'
import type { PageSize } from './rendering.ts'

/** A hundredth of an inch is near enough for a label's edge; a poster is looked at less closely. */
const LOOK_DPI = 100
const LOOK_MAX_PIXELS = 4_000_000
const POINTS_PER_INCH = 72
/** A tint behind the page is paper, a hairline that is drawn between two pixels is not. */
const PAPER_FROM = 224
const RGB_CHANNELS = 3

/** The smallest rectangle around all that is printed on a page; undefined for a blank one. */
export function findInk(pdf: OpenPdf, index: number, page: PageSize): Region | undefined {
  const lookDpi = Math.min(
    LOOK_DPI,
    Math.sqrt(LOOK_MAX_PIXELS / (page.widthPt * page.heightPt)) * POINTS_PER_INCH,
  )
  const size = {
    widthPx: Math.max(1, Math.round((page.widthPt * lookDpi) / POINTS_PER_INCH)),
    heightPx: Math.max(1, Math.round((page.heightPt * lookDpi) / POINTS_PER_INCH)),
  }
  const box = inkBox(pdf.draw(index, size), size)
  if (!box) return undefined
  const across = page.widthPt / size.widthPx
  const down = page.heightPt / size.heightPx
  return {
    left: box.left * across,
    top: box.top * down,
    width: (box.right + 1 - box.left) * across,
    height: (box.bottom + 1 - box.top) * down,
  }
}

/** First and last column and row with ink. */
function inkBox(pixels: Uint8Array, { widthPx, heightPx }: RasterSize) {
  const box = { left: widthPx, top: heightPx, right: -1, bottom: -1 }
  for (let y = 0, at = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1, at += RGB_CHANNELS) {
      if (!isInk(pixels, at)) continue
      if (x < box.left) box.left = x
      if (x > box.right) box.right = x
      if (y < box.top) box.top = y
      box.bottom = y
    }
  }
  return box.bottom < 0 ? undefined : box
}

/** The darkest channel counts: a yellow frame is part of its label. */
function isInk(pixels: Uint8Array, at: number): boolean {
  return (
    (pixels[at] as number) < PAPER_FROM ||
    (pixels[at + 1] as number) < PAPER_FROM ||
    (pixels[at + 2] as number) < PAPER_FROM
  )
}
