import type { PageSize } from './rendering.ts'

/** What a job's pages are put on, and how: contracts/printing.md, "Settings → paper". */
export interface SheetSettings {
  /** Upright as the printer is fed; null: each page is its own sheet. */
  readonly paper: PageSize | null
  /**
   * `asked`: somebody named this size, so a smaller page is put in its middle. `loaded`: it is what the printer has, and a
   * smaller page stays the page it is. `roll`: only the width is the paper's.
   */
  readonly paperKind: 'asked' | 'loaded' | 'roll'
  /** A page that is larger in both directions is searched for its label. */
  readonly isLabelStock: boolean
  readonly orientation: 'portrait' | 'landscape'
  /** Null: fitted if larger, never enlarged. */
  readonly scaling: number | null
}

/** A page on its sheet. In points, from the sheet's top left corner. */
export interface Placement {
  readonly sheet: PageSize
  /** Of the turned and scaled page. */
  readonly left: number
  readonly top: number
  readonly scale: number
  /** Of the page's content, counter-clockwise. */
  readonly quarterTurns: 0 | 1
}

/** Of a page, from its top left corner, in points. */
export interface Region {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Half a millimetre, as everywhere paper is compared (contracts/cloud-printing.md, "Paper sizes"). */
const TOLERANCE_PT = (0.5 * 72) / 25.4 + 1e-6

/** Pure. */
export function placePage(page: PageSize, settings: SheetSettings): Placement {
  const { paper, paperKind, scaling } = settings
  if (paper === null) return onSheet(page, page, { scale: scaling ?? 1, quarterTurns: 0 })
  const quarterTurns = turnsOf(page, paper, settings)
  const seen = quarterTurns === 1 ? turned(page) : page
  if (paperKind === 'roll') return onRoll(seen, paper.widthPt, { scaling, quarterTurns })
  return onPaper(seen, paper, { scaling, quarterTurns, isLoaded: paperKind === 'loaded' })
}

function onPaper(
  seen: PageSize,
  paper: PageSize,
  given: Pick<SheetSettings, 'scaling'> & Pick<Placement, 'quarterTurns'> & { readonly isLoaded: boolean },
): Placement {
  const { scaling, quarterTurns, isLoaded } = given
  const sheet = quarterTurns === 1 ? paper : lyingAs(paper, seen)
  const isLeftAlone = isLoaded && scaling === null && quarterTurns === 0 && isWithin(seen, sheet)
  if (isLeftAlone) return onSheet(seen, seen, { scale: 1, quarterTurns })
  return onSheet(seen, sheet, { scale: scaling ?? fitting(seen, sheet), quarterTurns })
}

/** A label as large as its stock is not turned: it is the same paper whichever way it is held, and would only shrink. */
function turnsOf(page: PageSize, paper: PageSize, { orientation, isLabelStock }: SheetSettings): 0 | 1 {
  if (orientation === 'portrait') return 0
  return isLabelStock && isSameSize(page, paper) ? 0 : 1
}

function onRoll(
  seen: PageSize,
  widthPt: number,
  { scaling, quarterTurns }: Pick<SheetSettings, 'scaling'> & Pick<Placement, 'quarterTurns'>,
): Placement {
  const scale = scaling ?? Math.min(1, widthPt / seen.widthPt)
  return onSheet(seen, { widthPt, heightPt: seen.heightPt * scale }, { scale, quarterTurns })
}

/** The region unscaled in the middle of a stock of labels; undefined if it doesn't fit, either way up. Pure. */
export function placeRegion(page: PageSize, region: Region, stock: PageSize): Placement | undefined {
  const size = { widthPt: region.width, heightPt: region.height }
  const sheet = [lyingAs(stock, size), turned(lyingAs(stock, size))].find((paper) => isWithin(size, paper))
  if (!sheet) return undefined
  return {
    sheet,
    left: (sheet.widthPt - region.width) / 2 - region.left,
    top: (sheet.heightPt - region.height) / 2 - region.top,
    scale: 1,
    quarterTurns: 0,
  }
}

/** Whether a page is larger than a stock of labels in both directions, so that its label has to be found. Pure. */
export function hidesLabel(page: PageSize, settings: SheetSettings): boolean {
  const { paper, isLabelStock, paperKind, scaling } = settings
  if (!isLabelStock || paper === null || paperKind === 'roll' || scaling !== null) return false
  const sheet = lyingAs(paper, page)
  return page.widthPt > sheet.widthPt + TOLERANCE_PT && page.heightPt > sheet.heightPt + TOLERANCE_PT
}

/** Whether the page can be printed as it is: it lies upright, unscaled, on paper of its own size. */
export function isUnchanged(page: PageSize, { sheet, scale, quarterTurns }: Placement): boolean {
  return scale === 1 && quarterTurns === 0 && isSame(sheet, page)
}

export function turned({ widthPt, heightPt }: PageSize): PageSize {
  return { widthPt: heightPt, heightPt: widthPt }
}

/** Within half a millimetre, either way up. */
export function isSameSize(one: PageSize, other: PageSize): boolean {
  return isSame(one, other) || isSame(turned(one), other)
}

/** The paper held as the page lies. */
function lyingAs(paper: PageSize, page: PageSize): PageSize {
  const isLying = ({ widthPt, heightPt }: PageSize) => widthPt > heightPt
  return isLying(paper) === isLying(page) ? paper : turned(paper)
}

/** The page's centre comes onto the sheet's. */
function onSheet(
  seen: PageSize,
  sheet: PageSize,
  { scale, quarterTurns }: Pick<Placement, 'scale' | 'quarterTurns'>,
): Placement {
  return {
    sheet,
    left: (sheet.widthPt - seen.widthPt * scale) / 2,
    top: (sheet.heightPt - seen.heightPt * scale) / 2,
    scale,
    quarterTurns,
  }
}

function fitting(page: PageSize, sheet: PageSize): number {
  if (isWithin(page, sheet)) return 1
  return Math.min(1, sheet.widthPt / page.widthPt, sheet.heightPt / page.heightPt)
}

function isWithin(page: PageSize, sheet: PageSize): boolean {
  return page.widthPt <= sheet.widthPt + TOLERANCE_PT && page.heightPt <= sheet.heightPt + TOLERANCE_PT
}

function isSame(one: PageSize, other: PageSize): boolean {
  return (
    Math.abs(one.widthPt - other.widthPt) <= TOLERANCE_PT &&
    Math.abs(one.heightPt - other.heightPt) <= TOLERANCE_PT
  )
}
