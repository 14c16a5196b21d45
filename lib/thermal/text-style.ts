/** How characters look, and the words of a template's `Format`: contracts/thermal.md, section 5.2. */

export type Font = 'A' | 'B'
export type Align = 'left' | 'center' | 'right'

export interface TextStyle {
  readonly bold: boolean
  readonly underline: boolean
  readonly font: Font
  /** Factors from 1 to 8. */
  readonly width: number
  readonly height: number
}

export interface Format {
  readonly style: TextStyle
  /** Numbers are amounts of money. */
  readonly isCurrency: boolean
}

export const PLAIN: TextStyle = { bold: false, underline: false, font: 'A', width: 1, height: 1 }
export const BOLD: TextStyle = { ...PLAIN, bold: true }
export const PLAIN_FORMAT: Format = { style: PLAIN, isCurrency: false }

const SIZE_MAX = 8
const SIZE = /^size(\d+)$/

/** Unknown words have no effect; undefined for a text without a word. */
export function parseFormat(text: string | undefined): Format | undefined {
  const words = (text ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '')
  if (words.length === 0) return undefined
  const size = sizeOf(words)
  return {
    style: {
      bold: words.includes('bold'),
      underline: words.includes('underline'),
      font: words.findLast((word) => word === 'fonta' || word === 'fontb') === 'fontb' ? 'B' : 'A',
      width: size ?? (words.includes('doublewidth') ? 2 : 1),
      height: size ?? (words.includes('large') ? 2 : 1),
    },
    isCurrency: words.includes('currency'),
  }
}

function sizeOf(words: readonly string[]): number | undefined {
  const digits = words.map((word) => SIZE.exec(word)?.[1]).findLast((found) => found !== undefined)
  return digits === undefined ? undefined : Math.min(SIZE_MAX, Math.max(1, Number(digits)))
}

const ALIGNS: Readonly<Record<string, Align>> = {
  left: 'left',
  center: 'center',
  centre: 'center',
  right: 'right',
}

export function parseAlign(text: string | undefined): Align | undefined {
  const word = (text ?? '').trim().toLowerCase()
  return Object.hasOwn(ALIGNS, word) ? ALIGNS[word] : undefined
}
