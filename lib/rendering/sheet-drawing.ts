import type { RgbRaster } from './bitmap.ts'
import { type RasterSize, rasterSize } from './document-limits.ts'
import { type Placement, turned } from './page-placement.ts'
import type { PlannedPage } from './page-plan.ts'
import type { DrawnArea, OpenPdf } from './pdfium.ts'
import type { PageSize } from './rendering.ts'
import type { GreyPicture, Region } from './grey-picture.ts'

const POINTS_PER_INCH = 72
const RGB_CHANNELS = 3

export interface SheetDrawing {
  readonly dpi: number
  /** As the paper is fed: a sheet that lies across it is turned. Null: sheets stay as they are. */
  readonly feed: PageSize | null
}

/** A page as it comes out on its sheet; the pixels are good until the next call. Throws UnreadableError. */
export function drawSheet(pdf: OpenPdf, page: PlannedPage, drawing: SheetDrawing): RgbRaster {
  const { size, area } = placeSheet(page, drawing)
  return { ...size, pixels: pdf.draw(page.index, size, area) }
}

/** A part of it in grey, in pixels of that resolution; it may reach over the sheet's edge by what was rounded. */
export function drawSheetPart(
  pdf: OpenPdf,
  page: PlannedPage,
  { part, ...drawing }: SheetDrawing & { readonly part: Region },
): GreyPicture {
  const { area } = placeSheet(page, drawing)
  const size = { widthPx: part.right - part.left, heightPx: part.bottom - part.top }
  const shifted = { ...area, leftPx: area.leftPx - part.left, topPx: area.topPx - part.top }
  return { ...size, grey: pdf.drawGrey(page.index, size, shifted) }
}

function placeSheet(page: PlannedPage, { dpi, feed }: SheetDrawing): { size: RasterSize; area: DrawnArea } {
  const subject = `page ${page.index + 1}`
  // A page of more pixels than are allowed is refused even where little of it would be seen.
  rasterSize(scaled(page.size, page.placement.scale), dpi, subject)
  const { placement, seen } = fedAs(page, feed)
  const size = rasterSize(placement.sheet, dpi, subject)
  const extent = rasterSize(scaled(seen, placement.scale), dpi, subject)
  const area: DrawnArea = {
    ...extent,
    leftPx: Math.round((placement.left * dpi) / POINTS_PER_INCH),
    topPx: Math.round((placement.top * dpi) / POINTS_PER_INCH),
    quarterTurns: placement.quarterTurns,
  }
  return { size, area }
}

/** The back of the sheet before it, in the pixels of that. */
export function blankSheet(before: RgbRaster): RgbRaster {
  const { widthPx, heightPx } = before
  return { widthPx, heightPx, pixels: new Uint8Array(widthPx * heightPx * RGB_CHANNELS).fill(255) }
}

interface FedPage {
  readonly placement: Omit<Placement, 'quarterTurns'> & { readonly quarterTurns: number }
  /** The page's size as it is turned. */
  readonly seen: PageSize
}

function fedAs({ size, placement }: PlannedPage, feed: PageSize | null): FedPage {
  const seen = placement.quarterTurns === 1 ? turned(size) : size
  const { sheet, left, top, scale, quarterTurns } = placement
  if (feed === null || isLying(feed) === isLying(sheet)) return { placement, seen }
  return {
    seen: turned(seen),
    placement: {
      sheet: turned(sheet),
      left: top,
      top: sheet.widthPt - left - seen.widthPt * scale,
      scale,
      quarterTurns: quarterTurns + 1,
    },
  }
}

function isLying({ widthPt, heightPt }: PageSize): boolean {
  return widthPt > heightPt
}

function scaled({ widthPt, heightPt }: PageSize, scale: number): PageSize {
  return { widthPt: widthPt * scale, heightPt: heightPt * scale }
}
