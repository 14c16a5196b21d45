import { UnreadableError } from './rendering.ts'

/** Pages of one job, its repeated copies included: a box of paper. */
export const SHEETS_MAX = 10_000

export interface PageSelection {
  /** `3` or `5-10`, in the order in which they are wanted; null: all. */
  readonly pagesToPrint: readonly string[] | null
  readonly reverseOrder: boolean
  /** Of all pages, one after the other. */
  readonly copies: number
  /** Each copy begins on a sheet of its own. */
  readonly isDoubleSided: boolean
}

/** A page's index, from 0; null is a blank page. Throws UnreadableError for a page that is not there, or for too many. */
export function selectPages(pageCount: number, selection: PageSelection): readonly (number | null)[] {
  const { pagesToPrint, reverseOrder, copies, isDoubleSided } = selection
  const ranges = pagesToPrint?.map((range) => toRange(range, pageCount)) ?? [{ first: 1, count: pageCount }]
  const total = ranges.reduce((sum, { count }) => sum + count, 0) * copies
  if (total > SHEETS_MAX) {
    throw new UnreadableError('too_large', `more than ${SHEETS_MAX} pages would be printed`)
  }
  const once = ranges.flatMap(({ first, count }) => Array.from({ length: count }, (_, at) => first - 1 + at))
  if (reverseOrder) once.reverse()
  return isDoubleSided && once.length % 2 === 1 ? onOwnSheets(once, copies) : repeated(once, copies)
}

/** The last copy needs no back. */
function onOwnSheets(pages: readonly number[], copies: number): readonly (number | null)[] {
  return repeated<number | null>([...pages, null], copies).slice(0, -1)
}

function repeated<T>(pages: readonly T[], copies: number): readonly T[] {
  return Array.from({ length: copies }, () => pages).flat()
}

function toRange(range: string, pageCount: number): { readonly first: number; readonly count: number } {
  const [first = Number.NaN, last = first] = range.split('-').map(Number)
  if (first >= 1 && first <= last && last <= pageCount) return { first, count: last - first + 1 }
  throw new UnreadableError('unreadable', `the document has ${pageCount} pages, and none that are ${range}`)
}
