import type { DeliveryPaper } from '../delivery/driver.ts'
import { paperSizeByKey } from '../printers/paper-sizes.ts'
import { inferPrintTarget, PRINT_TARGETS, type PrintTarget, TARGET_STOCKS } from '../printers/print-target.ts'
import type { Printer } from '../printers/printer.ts'
import { isSameSize } from '../rendering/page-placement.ts'
import type { PageSize } from '../rendering/rendering.ts'
import { DOTS_PER_MM, PAPERS } from '../thermal/paper.ts'
import { thermalSettings } from '../thermal/thermal-settings.ts'
import type { PrintJob } from './print-job.ts'

/** What a job is printed on. */
export interface Medium {
  /** Upright as the printer is fed; null: nobody knows, and each page is its own. */
  readonly paper: PageSize | null
  /** The job names the size. */
  readonly isAsked: boolean
  /** Only the width counts. */
  readonly isRoll: boolean
  readonly isLabelStock: boolean
  /** The printer can only blacken dots or not, so that pictures of its paper show those. */
  readonly isThermal: boolean
  /** The page that a picture is put on. */
  readonly stock: PageSize
  /** Dots per inch of the printer. */
  readonly dpi: number
}

export type MediumRequest = Pick<PrintJob, 'options' | 'printTarget'>
export type MediumPrinter = Pick<Printer, 'pageSizes' | 'pool' | 'connection' | 'configuration'>

const POINTS_PER_MM = 72 / 25.4
const MM_PER_INCH = 25.4
const ROLL_HEIGHT_MM = 297
const DPI_MIN = 100
const DPI_MAX = 1200

/** Pure. `firstPage`: of the document, as seen. */
export function mediumOf(job: MediumRequest, printer: MediumPrinter, firstPage: PageSize): Medium {
  if (languageOf(printer) === 'escpos') return receiptRoll(printer)
  const target = job.printTarget ?? targetOf(printer)
  const isThermal = isThermalPrinter(printer)
  const { paper, isRoll } = paperFor(job, printer, { usual: TARGET_STOCKS[target].page, firstPage })
  return {
    paper,
    isAsked: job.options.paperSize !== null,
    isRoll,
    isLabelStock: !isRoll && target !== 'LASER' && isLabel(paper),
    isThermal,
    stock: paper ?? TARGET_STOCKS[target].page,
    dpi: resolutionOf(printer, TARGET_STOCKS[isThermal ? 'LABEL' : target].dpi),
  }
}

function isLabel(paper: PageSize | null): boolean {
  return paper !== null && inferPrintTarget(paper) !== 'LASER'
}

/** The size that the job asks for, else one that the printer has; a page for labels is put on one, whatever its size. */
function paperFor(
  { options }: MediumRequest,
  printer: MediumPrinter,
  { usual, firstPage }: { readonly usual: PageSize; readonly firstPage: PageSize },
): Pick<Medium, 'paper' | 'isRoll'> {
  const key = options.paperSize ?? loadedSize(printer, usual, firstPage)
  if (key !== null) return { paper: pageOf(key), isRoll: paperSizeByKey(key)?.isRoll === true }
  return { paper: isThermalPrinter(printer) ? usual : null, isRoll: false }
}

function receiptRoll({ configuration }: MediumPrinter): Medium {
  const { widthDots } = PAPERS[thermalSettings(configuration.thermal ?? {}).paperWidthMm]
  const paper = sizeOfMm(widthDots / DOTS_PER_MM, ROLL_HEIGHT_MM)
  const dpi = DOTS_PER_MM * MM_PER_INCH
  return { paper, stock: paper, dpi, isAsked: false, isRoll: true, isLabelStock: false, isThermal: true }
}

/** A size that the printer has: the document's own, else its usual one, else whatever it has. */
function loadedSize({ pageSizes }: MediumPrinter, usual: PageSize, firstPage: PageSize): string | null {
  const like = (page: PageSize) => pageSizes.find((key) => isSameSize(pageOf(key), page))
  return like(firstPage) ?? like(usual) ?? pageSizes[0] ?? null
}

/** A job that names no target goes onto what its printer is loaded with. */
function targetOf(printer: MediumPrinter): PrintTarget {
  const usual = languageOf(printer) === 'zpl' ? 'LABEL' : 'LASER'
  return PRINT_TARGETS.find((target) => target === printer.pool) ?? usual
}

function isThermalPrinter(printer: MediumPrinter): boolean {
  return languageOf(printer) === 'zpl' || (printer.pool !== null && printer.pool !== 'LASER')
}

function languageOf({ connection }: MediumPrinter): string | null {
  return connection.type === 'socket' ? connection.language : null
}

/** `203`, `300 dpi`, `8 dpmm`: people write it as it is on the printer. */
function resolutionOf({ configuration }: MediumPrinter, usual: number): number {
  const [, number, isPerMm] = /^\s*(\d{1,4})\s*(dpmm|dots\/mm|d\/mm)?/i.exec(configuration.dpi ?? '') ?? []
  const dpi = Math.floor(Number(number ?? Number.NaN) * (isPerMm === undefined ? 1 : MM_PER_INCH))
  return dpi >= DPI_MIN && dpi <= DPI_MAX ? dpi : usual
}

function pageOf(key: string): PageSize {
  const size = paperSizeByKey(key)
  if (!size) throw new Error(`the registry has no paper size ${key}`)
  return sizeOfMm(size.widthMm, size.heightMm)
}

function sizeOfMm(widthMm: number, heightMm: number): PageSize {
  return { widthPt: widthMm * POINTS_PER_MM, heightPt: heightMm * POINTS_PER_MM }
}

/** What a printer is told of it; null where it has to decide. */
export function paperOf({ paper, isAsked, isRoll }: Medium): DeliveryPaper | null {
  if (paper === null || isRoll) return null
  return { widthMm: paper.widthPt / POINTS_PER_MM, heightMm: paper.heightPt / POINTS_PER_MM, isAsked }
}
