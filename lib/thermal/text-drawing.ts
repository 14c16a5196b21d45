/** Lines of text as dots, the way a printer sets them. */
import { CHARACTER_DOTS } from './paper.ts'
import { blackenArea, type Raster } from './raster.ts'
import { type Glyph, glyphOf } from './receipt-font.ts'
import type { LineItem, TextRun } from './receipt-item.ts'
import type { Align, TextStyle } from './text-style.ts'

/** Where and with which characters a line is drawn. */
export interface LinePlace {
  readonly top: number
  /** Of its highest character. */
  readonly height: number
  readonly paperDots: number
  /** The code page. */
  readonly characters: readonly string[]
}

/** Characters stand on one baseline, however high they are. */
export function drawLine(raster: Raster, { runs, align }: LineItem, place: LinePlace): void {
  let left = alignedLeft(runsWidth(runs), place.paperDots, align)
  for (const { text, style } of runs) {
    const { width, height } = characterSize(style)
    const top = place.top + place.height - height
    for (const byte of text) {
      const character = place.characters[byte.charCodeAt(0)] ?? '?'
      drawGlyph(raster, glyphOf(character, style.font), style, { left, top })
      left += width
    }
    if (style.underline) drawUnderline(raster, { left, top: top + height, width: width * text.length })
  }
}

export function alignedLeft(width: number, paperDots: number, align: Align): number {
  if (align === 'left') return 0
  return align === 'right' ? paperDots - width : Math.floor((paperDots - width) / 2)
}

function runsWidth(runs: readonly TextRun[]): number {
  return runs.reduce((total, { text, style }) => total + text.length * characterSize(style).width, 0)
}

function characterSize({ font, width, height }: TextStyle): { width: number; height: number } {
  return { width: CHARACTER_DOTS[font].width * width, height: CHARACTER_DOTS[font].height * height }
}

/** Bold is what printers make of it: the same dots again, one to the right. */
function drawGlyph(
  raster: Raster,
  glyph: Glyph,
  { font, width, height, bold }: TextStyle,
  { left, top }: { left: number; top: number },
): void {
  const columns = CHARACTER_DOTS[font].width
  glyph.forEach((bits, row) => {
    if (bits === 0) return
    for (let column = 0; column < columns; column++) {
      if ((bits & (1 << (columns - 1 - column))) === 0) continue
      const dot = {
        left: left + column * width,
        top: top + row * height,
        width: width + (bold ? 1 : 0),
        height,
      }
      blackenArea(raster, dot)
    }
  })
}

function drawUnderline(raster: Raster, end: { left: number; top: number; width: number }): void {
  blackenArea(raster, { left: end.left - end.width, top: end.top - 1, width: end.width, height: 1 })
}
