import type { GreyPicture } from './grey-picture.ts'

const MM_PER_INCH = 25.4
const BLACK_BELOW = 128
const PAPER = 255
/** A line that parts a label's fields reaches over this part of it, and is no thicker. */
const LINE_PART = 0.5
const LENGTH_MIN_MM = 12
const THICKNESS_MAX_MM = 1.5
/** Bars of a symbol as long as that have others beside them. */
const BESIDE_MM = 6
const BESIDE_MAX = 2

/** The grey of a label with its frame and the lines that part its fields painted white. Pure. */
export function withoutFieldLines({ widthPx, heightPx, grey }: GreyPicture, dpi: number): Uint8Array {
  const painted = grey.slice()
  const dotsPerMm = dpi / MM_PER_INCH
  const across = { count: heightPx, stride: widthPx, length: widthPx, step: 1 }
  const down = { count: widthPx, stride: 1, length: heightPx, step: widthPx }
  for (const axis of [across, down]) paintLines(painted, { grey, dotsPerMm, ...axis })
  return painted
}

/** Rows of a picture or its columns: `count` of them, each `length` pixels long. */
interface Axis {
  readonly grey: Uint8Array
  readonly count: number
  readonly stride: number
  readonly length: number
  readonly step: number
  readonly dotsPerMm: number
}

interface Line {
  readonly first: number
  last: number
  from: number
  to: number
}

function paintLines(painted: Uint8Array, axis: Axis): void {
  const { count, stride, length, step, dotsPerMm } = axis
  const lines = longLines(axis)
  const near = BESIDE_MM * dotsPerMm
  const isAlone = ({ first, last }: Line) =>
    lines.filter((other) => other.last > first - near && other.first < last + near).length <= BESIDE_MAX
  for (const line of lines.filter(isAlone)) {
    const { first, last, from, to } = line
    if (last - first + 1 > THICKNESS_MAX_MM * dotsPerMm) continue
    // With the grey of its edge.
    for (let row = Math.max(0, first - 1); row <= Math.min(count - 1, last + 1); row += 1) {
      for (let at = Math.max(0, from - 1); at <= Math.min(length - 1, to + 1); at += 1)
        painted[row * stride + at * step] = PAPER
    }
  }
}

function longLines(axis: Axis): readonly Line[] {
  const lengthMin = Math.max(axis.length * LINE_PART, LENGTH_MIN_MM * axis.dotsPerMm)
  const lines: Line[] = []
  for (let row = 0; row < axis.count; row += 1) {
    const run = longRun(axis, row, Math.floor(lengthMin))
    if (!run) continue
    const line = lines.at(-1)
    if (line?.last === row - 1) {
      line.last = row
      line.from = Math.min(line.from, run.from)
      line.to = Math.max(line.to, run.to)
    } else lines.push({ first: row, last: row, ...run })
  }
  return lines
}

/** One that long lies on one of the pixels that are as far apart. */
function longRun({ grey, stride, length, step }: Axis, row: number, lengthMin: number) {
  const isBlack = (at: number) =>
    at >= 0 && at < length && (grey[row * stride + at * step] as number) < BLACK_BELOW
  for (let at = lengthMin - 1; at < length; at += lengthMin) {
    if (!isBlack(at)) continue
    let from = at
    let to = at
    while (isBlack(from - 1)) from -= 1
    while (isBlack(to + 1)) to += 1
    if (to - from + 1 >= lengthMin) return { from, to }
  }
  return undefined
}
