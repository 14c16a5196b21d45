/** Shapes of characters for pictures of receipts: Terminus Font, see receipt-font.LICENSE.txt. */
import { CHARACTER_DOTS } from './paper.ts'
import shapes from './receipt-font.json' with { type: 'json' }
import type { Font } from './text-style.ts'

/** A character's rows from the top, each as wide as the font, most significant bit left. */
export type Glyph = readonly number[]

const SHAPES: Readonly<Record<Font, Readonly<Record<string, string>>>> = { A: shapes.fontA, B: shapes.fontB }

/** Columns that are drawn: the shapes of font B leave one column of nine, and one row of seventeen, white. */
const SHAPE_COLUMNS = { A: 12, B: 8 } as const satisfies Record<Font, number>
const BITS_PER_DIGIT = 4

const glyphs = new Map<string, Glyph>()

/** A box stands for a character without a shape: the printer has one, the preview does not. */
export function glyphOf(character: string, font: Font): Glyph {
  const key = font + character
  const known = glyphs.get(key)
  if (known) return known
  const shape = SHAPES[font][character]
  const glyph = character === ' ' ? [] : shape === undefined ? boxGlyph(font) : readGlyph(shape, font)
  // Bounded by the characters of the code pages.
  glyphs.set(key, glyph)
  return glyph
}

function readGlyph(shape: string, font: Font): Glyph {
  const digits = SHAPE_COLUMNS[font] / BITS_PER_DIGIT
  const unused = CHARACTER_DOTS[font].width - SHAPE_COLUMNS[font]
  return Array.from(
    { length: shape.length / digits },
    (_, row) => Number.parseInt(shape.slice(row * digits, (row + 1) * digits), 16) << unused,
  )
}

function boxGlyph(font: Font): Glyph {
  const { width, height } = CHARACTER_DOTS[font]
  const full = (1 << (width - 1)) - 2
  const sides = (1 << (width - 2)) | 2
  const last = height - 4
  return Array.from({ length: height }, (_, row) => {
    if (row < 3 || row > last) return 0
    return row === 3 || row === last ? full : sides
  })
}
