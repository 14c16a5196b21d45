import { type RgbRaster, toBitmap, toDots, toGrey } from './bitmap.ts'
import { drawSheets, openDocument } from './document-printing.ts'
import type { RasterRequest } from './print-request.ts'
import { type ReadSymbol, readSymbols } from './symbol-reading.ts'

/** So many times finer is what the page holds looked for: bars of one dot are read then. */
const FINER = 2
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
    const finer = draw(request.dpi * FINER)
    const present = finer ? await readSymbols({ ...finer, grey: toGrey(finer) }) : []
    warnings.push(...present.filter((symbol) => !isAmong(read, symbol)).map(illegible))
  }
  return [...new Set(warnings)]
}

function isAmong(symbols: readonly ReadSymbol[], { type, text }: ReadSymbol): boolean {
  return symbols.some((symbol) => symbol.type === type && symbol.text === text)
}

function printedDots(raster: RgbRaster): Uint8Array {
  return toDots(toBitmap(raster))
}

/** Pixels of the finer picture are parts of a dot. */
function illegible({ type, text, modulePx }: ReadSymbol): string {
  const dots = (modulePx / FINER).toFixed(1)
  return `barcode-illegible: ${type} ${text}, modules ${dots} dots wide; print at 300 dpi or unscaled`
}
