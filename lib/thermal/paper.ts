import type { Font, TextStyle } from './text-style.ts'

/** Paper as contracts/thermal.md, section 4, knows it, at 8 dots a millimetre. */
export interface Paper {
  readonly widthDots: number
  readonly columns: Readonly<Record<Font, number>>
}

export const PAPERS = {
  80: { widthDots: 576, columns: { A: 48, B: 64 } },
  58: { widthDots: 384, columns: { A: 32, B: 42 } },
} as const satisfies Record<number, Paper>
export type PaperWidthMm = keyof typeof PAPERS

export const DOTS_PER_MM = 8

export const CHARACTER_DOTS = {
  A: { width: 12, height: 24 },
  B: { width: 9, height: 17 },
} as const satisfies Record<Font, { width: number; height: number }>

/** What `1B 32` means at 8 dots a millimetre; some printers feed a little more. */
export const LINE_SPACING_DEFAULT_DOTS = 30

/** `LineSpacing` 1 to 10 of a section, contracts/thermal.md, section 5.2. */
export const LINE_SPACING_DOTS = [15, 20, 25, 30, 50, 70, 90, 110, 130, 150] as const

export function charactersPerLine(paper: Paper, style: TextStyle): number {
  return Math.floor(paper.columns[style.font] / style.width)
}
