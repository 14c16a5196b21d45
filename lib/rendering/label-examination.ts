import { BLACK_BELOW, toGrey } from './bitmap.ts'
import { RASTER_MAX_PIXELS } from './document-limits.ts'
import { openDocument } from './document-printing.ts'
import type { PlannedPage } from './page-plan.ts'
import type { OpenPdf } from './pdfium.ts'
import type { RasterRequest } from './print-request.ts'
import { drawSheet, drawSheetPart } from './sheet-drawing.ts'
import { cutOut, doMeet, type GreyPicture, type Region } from './grey-picture.ts'
import { type ReadSymbol, readSymbols, type SymbolReading } from './symbol-reading.ts'
import { around, inkCellsOf, regionsOf, withoutParts } from './symbol-regions.ts'

/**
 * So many times finer is what the page holds looked for: bars of one dot are read then. Those of a page that is shrunk to
 * its stock may be narrower on a coarse printer; looking closer still costs as much time again, and more pixels than are drawn.
 */
const FINER = 2
const SHRUNK_LOOK_DPI = 600
const POINTS_PER_INCH = 72
const MM_PER_INCH = 25.4
const PAPER = 255
/** Bars are looked for on one line of so many: the lowest ones are some millimetres high. */
const STEP_MM = 0.25
/** Of the pixels that may be drawn. */
const PIXELS_PART_MAX = 0.5
/** Of a symbol's longer side: readers tell by some pixels where it lies. */
const PLACE_TOLERANCE = 0.1
/** Kinds whose words are checked by what they hold: where one was read, no other one is. */
const SURE_TYPES = /^(Code128|Code93|.*QRCode.*|DataMatrix|Aztec.*|.*PDF417|MaxiCode)$/
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
    warnings.push(...(await illegibleSymbols(pdf, page, request)))
  }
  return [...new Set(warnings)]
}

/** What was read from the dots isn't looked for again, nor what is white: a label's symbols fill a third of it. */
async function illegibleSymbols(
  pdf: OpenPdf,
  page: PlannedPage,
  request: RasterRequest,
): Promise<readonly string[]> {
  const { dpi, settings } = request
  const feed = settings.paperKind === 'roll' ? null : settings.paper
  const raster = drawSheet(pdf, page, { dpi, feed })
  const { widthPx, heightPx } = raster
  const seen = { widthPx, heightPx, grey: toGrey(raster) }
  const ink = inkCellsOf(seen, dpi)
  const dots = { ...seen, grey: printedDots(seen.grey) }
  const read = await readRegions(dots, regionsOf(ink, seen), { step: stepAt(dpi), isTwoTone: true })
  const sure = read.filter(({ type }) => SURE_TYPES.test(type)).map(({ box }) => box)
  const unread = regionsOf(withoutParts(ink, sure), seen)
  if (unread.length === 0) return []
  const times = timesFiner(page, dpi)
  const whole = scaled(around(unread), times)
  const finer = drawSheetPart(pdf, page, { dpi: dpi * times, feed, part: whole })
  const present = await readRegions(
    finer,
    unread.map((region) => moved(scaled(region, times), whole)),
    { step: stepAt(dpi * times), isTwoTone: false },
  )
  const places = read.map((symbol) => ({ ...symbol, box: moved(scaled(symbol.box, times), whole) }))
  const lost = present.filter((symbol) => !places.some((one) => isSame(one, symbol)))
  return lost.map((symbol) => illegible(symbol, times))
}

async function readRegions(
  picture: GreyPicture,
  regions: readonly Region[],
  reading: SymbolReading,
): Promise<readonly ReadSymbol[]> {
  const found: ReadSymbol[] = []
  for (const region of regions) {
    const { left, top } = region
    const symbols = await readSymbols(cutOut(picture, region), reading)
    found.push(
      ...symbols.map((symbol) => ({ ...symbol, box: moved(symbol.box, { left: -left, top: -top }) })),
    )
  }
  return found
}

function scaled({ left, top, right, bottom }: Region, times: number): Region {
  return {
    left: Math.floor(left * times),
    top: Math.floor(top * times),
    right: Math.ceil(right * times),
    bottom: Math.ceil(bottom * times),
  }
}

/** As seen from that corner. */
function moved({ left, top, right, bottom }: Region, from: Pick<Region, 'left' | 'top'>): Region {
  return { left: left - from.left, top: top - from.top, right: right - from.left, bottom: bottom - from.top }
}

/** As fine as is needed, within half of the pixels that may be drawn: a label of 12 in at 600 dpi has a quarter of them. */
function timesFiner({ size, placement: { sheet, scale } }: PlannedPage, dpi: number): number {
  const wanted = scale < 1 ? Math.max(FINER, Math.round(SHRUNK_LOOK_DPI / dpi)) : FINER
  const areaPt = Math.max(sheet.widthPt * sheet.heightPt, size.widthPt * size.heightPt * scale ** 2)
  const pixels = areaPt * (dpi / POINTS_PER_INCH) ** 2
  return Math.min(wanted, Math.sqrt((PIXELS_PART_MAX * RASTER_MAX_PIXELS) / pixels))
}

/** The same words in the same place: a label may show its number twice, and one of the two too small. */
function isSame(read: ReadSymbol, { type, text, box }: ReadSymbol): boolean {
  const margin = PLACE_TOLERANCE * Math.max(box.right - box.left, box.bottom - box.top)
  const place = {
    left: box.left - margin,
    top: box.top - margin,
    right: box.right + margin,
    bottom: box.bottom + margin,
  }
  return read.type === type && read.text === text && doMeet(read.box, place)
}

function stepAt(dpi: number): number {
  return Math.max(1, Math.round((dpi * STEP_MM) / MM_PER_INCH))
}

/** As `toBitmap` makes them. */
function printedDots(grey: Uint8Array): Uint8Array {
  const dots = new Uint8Array(grey.length)
  for (let at = 0; at < grey.length; at += 1) dots[at] = (grey[at] as number) < BLACK_BELOW ? 0 : PAPER
  return dots
}

/** Pixels of the finer picture are parts of a dot. */
function illegible({ type, text, modulePx }: ReadSymbol, times: number): string {
  const dots = (modulePx / times).toFixed(1)
  return `barcode-illegible: ${type} ${text}, modules ${dots} dots wide; print at 300 dpi or unscaled`
}
