/** Characters: their code table, style, place and the breaking of lines that are full. */
import type { Commands } from './commands.ts'
import { FONT_DOTS } from './print-line.ts'
import type { Printer } from './printer.ts'

const JUSTIFICATIONS = ['left', 'centre', 'right'] as const
const FONTS = ['A', 'B'] as const

export const TEXT_ESC: Commands = {
  '!': selectPrintMode,
  ' ': (printer) => printer.set({ characterSpacingDots: printer.reader.byte() }),
  $: (printer) => moveTo(printer, printer.reader.word()),
  '\\': moveBy,
  '-': (printer) =>
    printer.setStyle({ underline: printer.reader.oneOf('underline', [0, 1, 2], true) as 0 | 1 | 2 }),
  // Only the lowest bit counts.
  E: (printer) => printer.setStyle({ bold: (printer.reader.byte() & 1) === 1 }),
  G: (printer) => printer.setStyle({ bold: (printer.reader.byte() & 1) === 1 }),
  M: (printer) => printer.setStyle({ font: FONTS[printer.reader.oneOf('font', [0, 1], true)] ?? 'A' }),
  R: (printer) => void printer.reader.oneOf('international character set', [0]),
  V: (printer) => void printer.reader.oneOf('rotation', [0], true),
  '{': (printer) => void printer.reader.oneOf('upside-down printing', [0]),
  '%': (printer) => void printer.reader.oneOf('user-defined characters', [0]),
  a: justify,
  t: selectCodePage,
  D: setTabs,
}

export const TEXT_GS: Commands = {
  '!': selectSize,
  B: (printer) => printer.setStyle({ inverted: (printer.reader.byte() & 1) === 1 }),
  b: (printer) => void printer.reader.byte(),
  L: setLeftMargin,
  W: setAreaWidth,
}

/** Characters of two bytes are never in use, but a job may say so, and say how they would look. */
export const TEXT_FS: Commands = {
  '.': () => undefined,
  '-': (printer) => void printer.reader.oneOf('underline', [0, 1, 2], true),
  C: (printer) => void printer.reader.oneOf('code system', [0, 1, 2], true),
  S: (printer) => void printer.reader.word(),
  '(': selectFontOfTwoByteCharacters,
}

export function printCharacter(printer: Printer, byte: number): void {
  const { reader, line, settings } = printer
  const character = printer.characterOf(byte)
  if (character === undefined) {
    throw reader.error(
      `code page ${settings.codePage} has no character ${byte.toString(16).padStart(2, '0')}h`,
    )
  }
  const { style, area, spacingDots } = settings
  const widthDots = (FONT_DOTS[style.font].width + settings.characterSpacingDots) * style.widthFactor
  if (widthDots > area.widthDots) throw reader.error('a character is wider than the print area')
  if (line.atDots + widthDots > area.widthDots) printer.printLine(spacingDots, true)
  line.addText(character, style, { offset: reader.commandAt, widthDots })
}

export function tabulate(printer: Printer): void {
  const { line, settings, reader } = printer
  const next = settings.tabDots.find((dots) => dots > line.atDots)
  if (next === undefined || next > settings.area.widthDots) throw reader.error('there is no further tab stop')
  line.moveTo(next)
}

function selectPrintMode(printer: Printer): void {
  const mode = printer.reader.byte()
  if ((mode & 0b0100_0110) !== 0) throw printer.reader.error(`print mode ${mode} has bits that mean nothing`)
  printer.setStyle({
    font: mode & 1 ? 'B' : 'A',
    bold: (mode & 8) !== 0,
    heightFactor: mode & 16 ? 2 : 1,
    widthFactor: mode & 32 ? 2 : 1,
    underline: mode & 128 ? 1 : 0,
  })
}

function selectSize(printer: Printer): void {
  const size = printer.reader.byte()
  if ((size & 0b1000_1000) !== 0) throw printer.reader.error(`character size ${size} is above 8 × 8`)
  printer.setStyle({ widthFactor: (size >> 4) + 1, heightFactor: (size & 7) + 1 })
}

function justify(printer: Printer): void {
  const to = JUSTIFICATIONS[printer.reader.oneOf('justification', [0, 1, 2], true)]
  printer.needLineStart('ESC a')
  printer.set({ justification: to ?? 'left' })
}

function selectCodePage(printer: Printer): void {
  const codePage = printer.reader.byte()
  if (!printer.hasCodePage(codePage)) throw printer.reader.error(`code page ${codePage} is not known`)
  printer.set({ codePage })
}

function moveTo(printer: Printer, dots: number): void {
  if (dots < 0 || dots > printer.settings.area.widthDots) {
    throw printer.reader.error(`position ${dots} is outside the print area`)
  }
  printer.line.moveTo(dots)
}

function moveBy(printer: Printer): void {
  const distance = printer.reader.word()
  moveTo(printer, printer.line.atDots + (distance < 0x8000 ? distance : distance - 0x10000))
}

/** Columns in ascending order, NUL ends the list. */
function setTabs(printer: Printer): void {
  const { font, widthFactor } = printer.settings.style
  const columns = [...printer.reader.untilNul()]
  if (columns.length > 32 || columns.some((column, at) => column <= (columns[at - 1] ?? 0))) {
    throw printer.reader.error('tab stops must ascend, at most 32')
  }
  printer.set({ tabDots: columns.map((column) => column * FONT_DOTS[font].width * widthFactor) })
}

function setLeftMargin(printer: Printer): void {
  const leftDots = printer.reader.word()
  printer.needLineStart('GS L')
  if (leftDots >= printer.paperDots) throw printer.reader.error(`margin ${leftDots} leaves no paper`)
  const { widthDots } = printer.settings.area
  printer.set({ area: { leftDots, widthDots: Math.min(widthDots, printer.paperDots - leftDots) } })
}

function setAreaWidth(printer: Printer): void {
  const widthDots = printer.reader.word()
  printer.needLineStart('GS W')
  const { leftDots } = printer.settings.area
  if (widthDots === 0 || leftDots + widthDots > printer.paperDots) {
    throw printer.reader.error(`print area ${leftDots} + ${widthDots} does not fit the paper`)
  }
  printer.set({ area: { leftDots, widthDots } })
}

function selectFontOfTwoByteCharacters(printer: Printer): void {
  printer.reader.oneOf('FS (', [0x41])
  if (printer.reader.word() !== 2) throw printer.reader.error('FS ( A takes 2 bytes')
  printer.reader.oneOf('function', [48])
  printer.reader.byte()
}
