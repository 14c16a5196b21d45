/** How the columns of a table share the paper: contracts/thermal.md, section 5.3. */
import { CHARACTER_DOTS, type Paper } from './paper.ts'
import type { TextStyle } from './text-style.ts'

export interface Cell {
  readonly style: TextStyle
  /** Characters. */
  readonly width: number
}

const WHOLE = 100
const SHARE_MIN = 5
/** Above it a percentage is as good as infinite, and sums stay exact below. */
const PERCENTAGE_MAX = 1e6
/** 33 % of 100 must not become 32 characters because of a binary fraction. */
const ROUNDING = 1e-9

/** Percentages that add up to at most 100. A missing one is an equal share of what the others leave. */
export function sharePercentages(given: readonly (number | undefined)[]): readonly number[] {
  const known = given.map((percentage) =>
    isPercentage(percentage) ? Math.min(percentage, PERCENTAGE_MAX) : undefined,
  )
  const missing = known.filter((percentage) => percentage === undefined).length
  const share = missing === 0 ? 0 : Math.max(SHARE_MIN, (WHOLE - sum(known.map((p) => p ?? 0))) / missing)
  const filled = known.map((percentage) => percentage ?? share)
  const total = sum(filled)
  return total > WHOLE + ROUNDING ? filled.map((percentage) => (percentage * WHOLE) / total) : filled
}

/** One cell for each style. Width factors, and then the widest cells, give way until the row fits the paper. */
export function fitCells(
  styles: readonly TextStyle[],
  percentages: readonly number[],
  paper: Paper,
): readonly Cell[] {
  let factor = Math.max(1, ...styles.map(({ width }) => width))
  for (; factor > 1; factor--) {
    const cells = cellsWith(styles, percentages, paper, factor)
    if (rowDots(cells) <= paper.widthDots) return cells
  }
  return narrowed(cellsWith(styles, percentages, paper, 1), paper)
}

function cellsWith(
  styles: readonly TextStyle[],
  percentages: readonly number[],
  paper: Paper,
  factorMax: number,
): readonly Cell[] {
  return styles.map((wanted, index) => {
    const style = { ...wanted, width: Math.min(wanted.width, factorMax) }
    const share = (paper.columns[style.font] * (percentages[index] ?? 0)) / WHOLE / style.width
    return { style, width: Math.max(1, Math.floor(share + ROUNDING)) }
  })
}

/** Sixteen cells of at least one character fit any paper; those that got more give it back. */
function narrowed(cells: readonly Cell[], paper: Paper): readonly Cell[] {
  const fitting = [...cells]
  while (rowDots(fitting) > paper.widthDots) {
    const widest = fitting.reduce(
      (best, cell, at) => (cell.width > (fitting[best]?.width ?? 0) ? at : best),
      0,
    )
    const cell = fitting[widest]
    if (!cell || cell.width === 1) break
    fitting[widest] = { ...cell, width: cell.width - 1 }
  }
  return fitting
}

function rowDots(cells: readonly Cell[]): number {
  return sum(cells.map(({ style, width }) => width * style.width * CHARACTER_DOTS[style.font].width))
}

function isPercentage(percentage: number | undefined): percentage is number {
  return percentage !== undefined && percentage > 0
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
