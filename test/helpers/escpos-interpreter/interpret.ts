/**
 * A receipt printer of ESC/POS, written from Epson's command reference and from nothing in `lib/`: bytes in, paper out. It is
 * stricter than a printer, which skips what it does not understand or prints it as text.
 */
import { BARCODE_GS } from './barcode-commands.ts'
import { ByteReader } from './byte-reader.ts'
import { type CodePage, EPSON_CODE_PAGES } from './code-pages.ts'
import type { Commands } from './commands.ts'
import { lineFeed, MECHANISM_ESC, MECHANISM_GS, realTime } from './mechanism-commands.ts'
import type { Paper } from './paper.ts'
import { graphics, PICTURE_ESC, PICTURE_GS } from './picture-commands.ts'
import { Printer } from './printer.ts'
import { twoDimensional } from './qr-commands.ts'
import { printCharacter, TEXT_ESC, TEXT_FS, TEXT_GS, tabulate } from './text-commands.ts'

interface InterpreterOptions {
  /** Printable: 576 of an 80 mm roll, 384 of 58 mm. */
  readonly paperDots?: number
  /** Other code tables than Epson's, by their numbers. */
  readonly codePages?: ReadonlyMap<number, CodePage>
}

const ESC = commands({ ...TEXT_ESC, ...MECHANISM_ESC, ...PICTURE_ESC })
const FS = commands(TEXT_FS)
const GS = commands({
  ...TEXT_GS,
  ...MECHANISM_GS,
  ...PICTURE_GS,
  ...BARCODE_GS,
  '(': shortFunction,
  '8': longFunction,
})

/** Control bytes that act by themselves. */
const CONTROL: ReadonlyMap<number, (printer: Printer) => void> = new Map([
  [0x09, tabulate],
  [0x0a, lineFeed],
  // Without automatic line feed, as printers come, a carriage return is ignored.
  [0x0d, () => undefined],
  [0x10, realTime],
  [0x1b, (printer: Printer) => dispatch(printer, ESC, 'ESC')],
  [0x1c, (printer: Printer) => dispatch(printer, FS, 'FS')],
  [0x1d, (printer: Printer) => dispatch(printer, GS, 'GS')],
])

/** Throws an EscPosError, and nothing else, at the first byte that is wrong. */
export function interpret(bytes: Uint8Array, options: InterpreterOptions = {}): Paper {
  const { paperDots = 576, codePages = EPSON_CODE_PAGES } = options
  const reader = new ByteReader(bytes)
  const printer = new Printer(reader, { paperDots, codePages })
  while (!reader.isAtEnd) {
    const byte = reader.begin()
    if (byte >= 0x20) printCharacter(printer, byte)
    else runControl(printer, byte)
  }
  if (!printer.line.isEmpty) throw reader.error('the job ends in the middle of a line, which is not printed')
  return printer.paper()
}

function runControl(printer: Printer, byte: number): void {
  const control = CONTROL.get(byte)
  if (!control) throw printer.reader.error(`${hex(byte)} is neither text nor a command`)
  control(printer)
  printer.noteCommand(printer.reader.commandBytes.subarray(0, 16))
}

function dispatch(
  printer: Printer,
  table: ReadonlyMap<number, (printer: Printer) => void>,
  prefix: string,
): void {
  const letter = printer.reader.byte()
  const command = table.get(letter)
  if (!command) throw printer.reader.error(`${prefix} ${hex(letter)} is not a known command`)
  command(printer)
}

function shortFunction(printer: Printer): void {
  const letter = printer.reader.oneOf('GS (', [0x4c, 0x6b])
  if (letter === 0x6b) twoDimensional(printer)
  else graphics(printer, printer.reader.word())
}

function longFunction(printer: Printer): void {
  printer.reader.oneOf('GS 8', [0x4c])
  const low = printer.reader.word()
  graphics(printer, low + printer.reader.word() * 0x10000)
}

function commands(table: Commands): ReadonlyMap<number, (printer: Printer) => void> {
  return new Map(Object.entries(table).map(([letter, command]) => [letter.charCodeAt(0), command]))
}

function hex(byte: number): string {
  return `${byte.toString(16).padStart(2, '0')}h`
}
