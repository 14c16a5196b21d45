import type { PageSize } from '../rendering/rendering.ts'

/** The three kinds of paper a warehouse has at hand: contracts/rpc.md, section 8. */
export const PRINT_TARGETS = ['LABEL', 'SMALL_LABEL', 'LASER'] as const
export type PrintTarget = (typeof PRINT_TARGETS)[number]

export interface TargetStock {
  /** The size that is assumed until a printer names its own. */
  readonly page: PageSize
  /** The resolution against which a document's pages are measured at intake. */
  readonly dpi: number
}

const POINTS_PER_INCH = 72

function inches(width: number, height: number): PageSize {
  return { widthPt: width * POINTS_PER_INCH, heightPt: height * POINTS_PER_INCH }
}

/** Thermal heads have 8 dots per mm, which the trade calls 203 dpi. */
export const TARGET_STOCKS: Readonly<Record<PrintTarget, TargetStock>> = {
  LABEL: { page: inches(4, 6), dpi: 203 },
  SMALL_LABEL: { page: inches(2.25, 1.25), dpi: 203 },
  LASER: { page: inches(8.5, 11), dpi: 300 },
}

const SMALL_LABEL_MAX = inches(2.6, 1.6)
const LABEL_MAX = inches(4.5, 8.5)

/** Producers round millimetres and pixels to points: 4.5 in may come as 324.0000001 pt. */
const TOLERANCE_PT = 0.01

/** The target of a file that names none, from its first page as seen: contracts/rpc.md, section 8, "Files". */
export function inferPrintTarget(firstPage: PageSize): PrintTarget {
  if (fits(firstPage, SMALL_LABEL_MAX)) return 'SMALL_LABEL'
  const upright = {
    widthPt: Math.min(firstPage.widthPt, firstPage.heightPt),
    heightPt: Math.max(firstPage.widthPt, firstPage.heightPt),
  }
  return fits(upright, LABEL_MAX) ? 'LABEL' : 'LASER'
}

function fits(page: PageSize, max: PageSize): boolean {
  return page.widthPt <= max.widthPt + TOLERANCE_PT && page.heightPt <= max.heightPt + TOLERANCE_PT
}
