import type { StoredDocument } from '../documents/document.ts'
import { InvalidError } from '../errors.ts'
import { DEFAULT_PRINT_OPTIONS, type PrintOptions } from './print-job.ts'

const PAGE_RANGE = /^([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/
/** Documents in a printer's own language are not looked into: they have no pages that Packhouse knows of. */
const PAGED_TYPES: ReadonlySet<string> = new Set(['application/pdf', 'image/png', 'image/jpeg'])

type PagedDocument = Pick<StoredDocument, 'mediaType' | 'pageCount'>

/**
 * All options of a job, from those that were given: contracts/cloud-printing.md, section 3, `configuration`. Throws
 * InvalidError about `configuration.pages_to_print`.
 */
export function completeOptions(given: Partial<PrintOptions>, document: PagedDocument): PrintOptions {
  const isPaged = PAGED_TYPES.has(document.mediaType)
  return {
    ...DEFAULT_PRINT_OPTIONS,
    ...given,
    ...pageChoice(given, isPaged ? document.pageCount : Number.POSITIVE_INFINITY),
    totalPages: given.totalPages ?? (isPaged ? document.pageCount : null),
  }
}

function pageChoice(
  { printAllPages, pagesToPrint = null }: Partial<PrintOptions>,
  pageCount: number,
): Pick<PrintOptions, 'printAllPages' | 'pagesToPrint'> {
  const isEverythingMeant = printAllPages === undefined && pagesToPrint === null
  if (printAllPages === true || isEverythingMeant) return { printAllPages: true, pagesToPrint: null }
  if (pagesToPrint === null || pagesToPrint.length === 0) throw invalidPages('must say which pages')
  const wrong = pagesToPrint.find((range) => !isWithin(range, pageCount))
  if (wrong !== undefined) throw invalidPages(`has "${wrong}", which is no page or range of the document`)
  return { printAllPages: false, pagesToPrint }
}

/** `3` or `5-10`, in rising order. */
export function isPageRange(range: string): boolean {
  return isWithin(range, Number.POSITIVE_INFINITY)
}

function isWithin(range: string, pageCount: number): boolean {
  const match = PAGE_RANGE.exec(range)
  const first = Number(match?.[1] ?? Number.NaN)
  const last = Number(match?.[2] ?? first)
  return first <= last && last <= pageCount
}

function invalidPages(message: string): InvalidError {
  const field = 'configuration.pages_to_print'
  const text = `${field} ${message}`
  return new InvalidError(field, 'pages', text, { errors: [text] })
}
