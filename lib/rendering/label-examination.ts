import { type RgbRaster, toBitmap, toDots, toGrey } from './bitmap.ts'
import { RASTER_MAX_PIXELS } from './document-limits.ts'
import { drawSheets, openDocument } from './document-printing.ts'
import type { PlannedPage } from './page-plan.ts'
import type { RasterRequest } from './print-request.ts'
import { type ReadSymbol, readSymbols } from './symbol-reading.ts'

/**
 * So many times finer is what the page holds looked for: bars of one dot are read then. Those of a page that is shrunk to
 * its stock may be narrower on a coarse printer; looking closer still costs as much time again, and more pixels than are drawn.
 */
const FINER = 2
const SHRUNK_LOOK_DPI = 600
const POINTS_PER_INCH = 72
/** Reading takes some 50 ms a megapixel. */
const PIXELS_PART_MAX = 0.5
/** Of a symbol's longer side: readers tell by some pixels where it lies. */
const PLACE_TOLERANCE = 0.1
/** Labels of one document look alike; those after the tenth would cost seconds. */
const SHEETS_MAX = 10

/**
 * What would be wrong with a label on paper: warnings of its pages' layout, and its symbols that a finer printer would
 * print legibly and this one does not. Read from the very dots that would be sent. Throws UnreadableError.
 */
export async function examineLabel(request: RasterRequest): Promise<readonly string[]> {
  const { pdf, plan } = await openDocument(request)
  const different = new Map(
    plan.pages.flatMap((page) => (page === null ? [] : [[page.index, page] as const])),
  )
  const warnings = [...plan.warnings]
  for (const page of [...different.values()].slice(0, SHEETS_MAX)) {
    const draw = (dpi: number) =>
      drawSheets(pdf, { ...plan, pages: [page] }, { ...request, dpi }).next().value
    const printed = draw(request.dpi)
    const read = printed ? await readSymbols({ ...printed, grey: printedDots(printed) }) : []
    const times = timesFiner(page, request.dpi)
    const finer = draw(request.dpi * times)
    const present = finer ? await readSymbols({ ...finer, grey: toGrey(finer) }) : []
    const lost = present.filter((symbol) => !read.some((one) => isSame(one, symbol, times)))
    warnings.push(...lost.map((symbol) => illegible(symbol, times)))
  }
  return [...new Set(warnings)]
}

/** As fine as is needed, within half of the pixels that may be drawn: a label of 12 in at 600 dpi has a quarter of them. */
function timesFiner({ size, placement: { sheet, scale } }: PlannedPage, dpi: number): number {
  const wanted = scale < 1 ? Math.max(FINER, Math.round(SHRUNK_LOOK_DPI / dpi)) : FINER
  const areaPt = Math.max(sheet.widthPt * sheet.heightPt, size.widthPt * size.heightPt * scale ** 2)
  const pixels = areaPt * (dpi / POINTS_PER_INCH) ** 2
  return Math.min(wanted, Math.sqrt((PIXELS_PART_MAX * RASTER_MAX_PIXELS) / pixels))
}

/** The same words in the same place: a label may show its number twice, and one of the two too small. */
function isSame(read: ReadSymbol, { type, text, box }: ReadSymbol, times: number): boolean {
  const margin = PLACE_TOLERANCE * Math.max(box.right - box.left, box.bottom - box.top)
  const x = ((read.box.left + read.box.right) / 2) * times
  const y = ((read.box.top + read.box.bottom) / 2) * times
  const isThere =
    x >= box.left - margin && x <= box.right + margin && y >= box.top - margin && y <= box.bottom + margin
  return read.type === type && read.text === text && isThere
}

function printedDots(raster: RgbRaster): Uint8Array {
  return toDots(toBitmap(raster))
}

/** Pixels of the finer picture are parts of a dot. */
function illegible({ type, text, modulePx }: ReadSymbol, times: number): string {
  const dots = (modulePx / times).toFixed(1)
  return `barcode-illegible: ${type} ${text}, modules ${dots} dots wide; print at 300 dpi or unscaled`
}
