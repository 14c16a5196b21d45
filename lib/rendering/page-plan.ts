import { findInk } from './ink-region.ts'
import {
  hidesLabel,
  isUnchanged,
  type Placement,
  placePage,
  placeRegion,
  type SheetSettings,
} from './page-placement.ts'
import { type PageSelection, selectPages } from './page-selection.ts'
import type { OpenPdf } from './pdfium.ts'
import type { PageSize } from './rendering.ts'

/** All that a job asks of its pages. */
export interface PageSettings extends PageSelection, SheetSettings {}

export interface PlannedPage {
  /** From 0. */
  readonly index: number
  /** As seen. */
  readonly size: PageSize
  readonly placement: Placement
}

export interface PagePlan {
  /** In the order of printing; null is a blank page. */
  readonly pages: readonly (PlannedPage | null)[]
  /** The document can be printed as it is. */
  readonly isUnchanged: boolean
  readonly warnings: readonly string[]
}

/** Throws UnreadableError. */
export function planPages(pdf: OpenPdf, settings: PageSettings): PagePlan {
  const selected = selectPages(pdf.pageCount, settings)
  const known = new Map<number, PlannedPage>()
  const warnings: string[] = []
  const planned = (index: number): PlannedPage => {
    const before = known.get(index)
    if (before) return before
    const size = pdf.pageSize(index)
    const label = findLabel(pdf, index, settings)
    if (label === 'missing') warnings.push(fittedWarning(index))
    const placement = typeof label === 'object' ? label : placePage(size, settings)
    const page = { index, size, placement }
    known.set(index, page)
    return page
  }
  const pages = selected.map((index) => (index === null ? null : planned(index)))
  const isWhole = pages.length === pdf.pageCount && pages.every((page, at) => page?.index === at)
  return {
    pages,
    isUnchanged: isWhole && pages.every((page) => page !== null && isUnchanged(page.size, page.placement)),
    warnings,
  }
}

/** Where the label of a larger page comes; `none` if it isn't looked for, or the page is blank. */
function findLabel(pdf: OpenPdf, index: number, settings: SheetSettings): Placement | 'missing' | 'none' {
  const size = pdf.pageSize(index)
  if (settings.paper === null || !hidesLabel(size, settings)) return 'none'
  const ink = findInk(pdf, index, size)
  if (!ink) return 'none'
  return placeRegion(size, ink, settings.paper) ?? 'missing'
}

function fittedWarning(index: number): string {
  return `label-not-found: page ${index + 1} is larger than the label stock, with no region of that size: it was fitted`
}
