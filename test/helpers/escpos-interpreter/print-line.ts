import type { Justification, TextRun, TextStyle } from './paper.ts'

export const FONT_DOTS = { A: { width: 12, height: 24 }, B: { width: 9, height: 17 } } as const

/** A piece of a picture that stands in a line of text (ESC *). */
export interface LinePicture {
  readonly xDots: number
  readonly widthDots: number
  readonly heightDots: number
  readonly rows: readonly Uint8Array[]
}

export interface PrintArea {
  readonly leftDots: number
  readonly widthDots: number
}

/** The print buffer: one line, not yet on the paper. Positions count from the left of the print area. */
export class PrintLine {
  #runs: TextRun[] = []
  #pictures: LinePicture[] = []
  #atDots = 0
  #endDots = 0
  #offset = 0

  /** A line that only had its position moved holds no data. */
  get isEmpty(): boolean {
    return this.#runs.length === 0 && this.#pictures.length === 0
  }

  /** Nothing was printed on it and nothing was skipped. */
  get isAtStart(): boolean {
    return this.isEmpty && this.#atDots === 0
  }

  get atDots(): number {
    return this.#atDots
  }

  moveTo(dots: number): void {
    this.#atDots = dots
    this.#endDots = Math.max(this.#endDots, dots)
  }

  addText(text: string, style: TextStyle, at: { offset: number; widthDots: number }): void {
    this.#begin(at.offset)
    const last = this.#runs.at(-1)
    if (last && isSameStyle(last.style, style) && last.xDots + last.widthDots === this.#atDots) {
      this.#runs[this.#runs.length - 1] = {
        ...last,
        text: last.text + text,
        widthDots: last.widthDots + at.widthDots,
      }
    } else this.#runs.push({ text, style, xDots: this.#atDots, widthDots: at.widthDots })
    this.moveTo(this.#atDots + at.widthDots)
  }

  addPicture(picture: Omit<LinePicture, 'xDots'>, offset: number): void {
    this.#begin(offset)
    this.#pictures.push({ ...picture, xDots: this.#atDots })
    this.moveTo(this.#atDots + picture.widthDots)
  }

  /** The line with its parts placed on the paper; the buffer is empty then. */
  take(area: PrintArea, justification: Justification): TakenLine {
    const shift = shiftOf(area, this.#endDots, justification)
    const taken = {
      offset: this.#offset,
      xDots: shift,
      widthDots: this.#endDots,
      heightDots: Math.max(
        0,
        ...this.#runs.map(heightOf),
        ...this.#pictures.map((picture) => picture.heightDots),
      ),
      runs: this.#runs
        .map((run) => ({ ...run, xDots: run.xDots + shift }))
        .sort((one, other) => one.xDots - other.xDots),
      pictures: this.#pictures.map((picture) => ({ ...picture, xDots: picture.xDots + shift })),
    }
    this.clear()
    return taken
  }

  clear(): void {
    this.#runs = []
    this.#pictures = []
    this.#atDots = 0
    this.#endDots = 0
  }

  #begin(offset: number): void {
    if (this.isEmpty) this.#offset = offset
  }
}

export interface TakenLine {
  readonly offset: number
  readonly xDots: number
  readonly widthDots: number
  readonly heightDots: number
  readonly runs: readonly TextRun[]
  readonly pictures: readonly LinePicture[]
}

/** What is read from left to right: white that was skipped is spaces. */
export function readAcross(runs: readonly TextRun[], fromDots: number): string {
  let text = ''
  let atDots = fromDots
  for (const run of runs) {
    const { width } = FONT_DOTS[run.style.font]
    text += ' '.repeat(Math.round((run.xDots - atDots) / width)) + run.text
    atDots = run.xDots + run.widthDots
  }
  return text
}

export function isOverprinted(runs: readonly TextRun[]): boolean {
  return runs.some((run, at) => {
    const next = runs[at + 1]
    return next !== undefined && next.xDots < run.xDots + run.widthDots
  })
}

/** Where something of this width begins on the paper. */
export function shiftOf(area: PrintArea, widthDots: number, justification: Justification): number {
  const spare = Math.max(0, area.widthDots - widthDots)
  const share = { left: 0, centre: Math.floor(spare / 2), right: spare }[justification]
  return area.leftDots + share
}

function heightOf({ style }: TextRun): number {
  return FONT_DOTS[style.font].height * style.heightFactor
}

function isSameStyle(one: TextStyle, other: TextStyle): boolean {
  return (Object.keys(one) as (keyof TextStyle)[]).every((name) => one[name] === other[name])
}
