import { withoutFieldLines } from './field-lines.ts'
import { doMeet, type GreyPicture, type Region } from './grey-picture.ts'

/** A picture in squares, 1 where there is ink that may be a part of a symbol. */
export interface InkCells {
  readonly cellPx: number
  readonly columns: number
  readonly rows: number
  readonly inked: Uint8Array
}

const MM_PER_INCH = 25.4
/** Finer squares cut symbols apart, coarser ones take in more white. */
const CELL_MM = 2
/** Parts of a symbol lie no further apart than two squares, 4 mm: four modules of a millimetre, which any printer prints. */
const JOINED_WITHIN_CELLS = 3
/** What must stay white around a symbol, or is read as part of it. */
const MARGIN_CELLS = 2
/** By so much the place of a symbol is told too small: one line of those that are looked at. */
const TOLD_WITHIN_CELLS = 0.125
/** Grey on white, and bars so narrow that they blur, are ink. */
const INK_CONTRAST = 16

/**
 * Where on a picture symbols may be: all of its ink but for the lines that part its fields. By those all of a label would be
 * one region. Pure.
 */
export function inkCellsOf(picture: GreyPicture, dpi: number): InkCells {
  const { widthPx, heightPx } = picture
  const cellPx = Math.max(4, Math.round((dpi * CELL_MM) / MM_PER_INCH))
  const seen = withoutFieldLines(picture, dpi)
  const columns = Math.ceil(widthPx / cellPx)
  const rows = Math.ceil(heightPx / cellPx)
  const inked = new Uint8Array(columns * rows)
  for (let row = 0; row < rows; row += 1) {
    // With the first pixels of the next ones: a symbol's squares may lie on these.
    const bottom = Math.min(heightPx, (row + 1) * cellPx + 1)
    for (let column = 0; column < columns; column += 1) {
      const right = Math.min(widthPx, (column + 1) * cellPx + 1)
      const cell = { left: column * cellPx, top: row * cellPx, right, bottom }
      if (hasContrast(seen, widthPx, cell)) inked[row * columns + column] = 1
    }
  }
  return { cellPx, columns, rows, inked }
}

/** Without the squares that these parts of the picture touch, and what was not quite told of them. Pure. */
export function withoutParts(cells: InkCells, parts: readonly Region[]): InkCells {
  const { cellPx, columns, rows } = cells
  const inked = cells.inked.slice()
  const slack = TOLD_WITHIN_CELLS * cellPx
  for (const { left, top, right, bottom } of parts) {
    const from = Math.max(0, Math.floor((left - slack) / cellPx))
    const to = Math.min(columns, Math.floor((right + slack) / cellPx) + 1)
    const lastRow = Math.min(rows - 1, Math.floor((bottom + slack) / cellPx))
    for (let row = Math.max(0, Math.floor((top - slack) / cellPx)); row <= lastRow; row += 1) {
      inked.fill(0, row * columns + from, row * columns + to)
    }
  }
  return { ...cells, inked }
}

/** Rectangles around the ink that lies together, with the white around it; none overlaps another. Pure. */
export function regionsOf(
  cells: InkCells,
  { widthPx, heightPx }: Pick<GreyPicture, 'widthPx' | 'heightPx'>,
): readonly Region[] {
  const { cellPx, inked } = cells
  const left = inked.slice()
  let regions: readonly Region[] = []
  for (let at = left.indexOf(1); at >= 0; at = left.indexOf(1, at)) {
    const { columnMin, columnMax, rowMin, rowMax } = takeJoined({ ...cells, inked: left }, at)
    const region = {
      left: Math.max(0, (columnMin - MARGIN_CELLS) * cellPx),
      top: Math.max(0, (rowMin - MARGIN_CELLS) * cellPx),
      right: Math.min(widthPx, (columnMax + 1 + MARGIN_CELLS) * cellPx),
      bottom: Math.min(heightPx, (rowMax + 1 + MARGIN_CELLS) * cellPx),
    }
    regions = withRegion(regions, region)
  }
  return regions
}

/** Those that it meets become one with it. */
function withRegion(regions: readonly Region[], region: Region): readonly Region[] {
  const met = regions.filter((one) => doMeet(one, region))
  if (met.length === 0) return [...regions, region]
  const others = regions.filter((one) => !met.includes(one))
  return withRegion(others, around([region, ...met]))
}

/** The smallest that holds them all. Pure. */
export function around(regions: readonly Region[]): Region {
  return {
    left: Math.min(...regions.map(({ left }) => left)),
    top: Math.min(...regions.map(({ top }) => top)),
    right: Math.max(...regions.map(({ right }) => right)),
    bottom: Math.max(...regions.map(({ bottom }) => bottom)),
  }
}

function hasContrast(grey: Uint8Array, widthPx: number, { left, top, right, bottom }: Region): boolean {
  const first = grey[top * widthPx + left] as number
  let darkest = first
  let lightest = first
  for (let y = top; y < bottom; y += 1) {
    const end = y * widthPx + right
    for (let at = y * widthPx + left; at < end; at += 1) {
      const here = grey[at] as number
      if (here < darkest) darkest = here
      else if (here > lightest) lightest = here
    }
    if (lightest - darkest >= INK_CONTRAST) return true
  }
  return false
}

/** Takes away the cells that lie together with that one. */
function takeJoined({ columns, rows, inked }: InkCells, start: number) {
  const found = { columnMin: columns, columnMax: 0, rowMin: rows, rowMax: 0 }
  const open = [start]
  inked[start] = 0
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const row = Math.floor(at / columns)
    const column = at % columns
    found.columnMin = Math.min(found.columnMin, column)
    found.columnMax = Math.max(found.columnMax, column)
    found.rowMin = Math.min(found.rowMin, row)
    found.rowMax = Math.max(found.rowMax, row)
    const bottom = Math.min(rows - 1, row + JOINED_WITHIN_CELLS)
    const right = Math.min(columns - 1, column + JOINED_WITHIN_CELLS)
    for (let y = Math.max(0, row - JOINED_WITHIN_CELLS); y <= bottom; y += 1) {
      for (let x = Math.max(0, column - JOINED_WITHIN_CELLS); x <= right; x += 1) {
        const near = y * columns + x
        if (inked[near] !== 1) continue
        inked[near] = 0
        open.push(near)
      }
    }
  }
  return found
}
