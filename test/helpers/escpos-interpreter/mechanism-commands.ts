/** Paper, cutter, drawer, buzzer and the questions a job asks. */
import type { Commands } from './commands.ts'
import type { Printer } from './printer.ts'

const RESOLUTIONS_DPI = [180, 203]

export const MECHANISM_ESC: Commands = {
  '@': initialise,
  '2': (printer) => printer.set({ spacingDots: 30 }),
  '3': (printer) => printer.set({ spacingDots: printer.reader.byte() }),
  J: (printer) => printer.printLine(printer.reader.byte()),
  d: feedLines,
  p: (printer) => pulse(printer, printer.reader.oneOf('drawer', [0, 1], true), 2),
  i: (printer) => cut(printer, true),
  m: (printer) => cut(printer, true),
  c: setSensor,
  '(': beepEpson,
  // Not Epson's: the buzzer of most printers that speak its language (n times, t × 100 ms).
  B: beepOthers,
}

export const MECHANISM_GS: Commands = {
  V: cutBy,
  P: setMotionUnits,
  a: sendStatusByItself,
  r: (printer) => askStatus(printer, [1, 2, 4]),
  I: (printer) => askStatus(printer, [1, 2, 3, 65, 66, 67, 68, 69]),
}

export function lineFeed(printer: Printer): void {
  printer.printLine(printer.settings.spacingDots)
}

/** Real-time commands: answered or done at once, even in the middle of other data. */
export function realTime(printer: Printer): void {
  const { reader } = printer
  const command = reader.oneOf('DLE', [0x04, 0x05, 0x14])
  if (command === 0x04) reader.oneOf('status', [1, 2, 3, 4])
  if (command === 0x05) reader.oneOf('request', [0, 1, 2])
  if (command !== 0x14) {
    printer.event<'statusRequest'>({ kind: 'statusRequest', bytes: hexOf(reader.commandBytes) })
    return
  }
  reader.oneOf('DLE DC4', [1])
  const pin = reader.oneOf('drawer', [0, 1])
  const onMs = reader.oneOf('pulse', [1, 2, 3, 4, 5, 6, 7, 8]) * 100
  printer.event<'drawer'>({ kind: 'drawer', pin: pin === 0 ? 2 : 5, onMs, offMs: onMs })
}

/** It throws away what is in the print buffer: text without an end of line would be lost. */
function initialise(printer: Printer): void {
  printer.needLineStart('ESC @')
  printer.reset()
  printer.event<'initialise'>({ kind: 'initialise' })
}

function feedLines(printer: Printer): void {
  printer.printLine(printer.reader.byte() * printer.settings.spacingDots)
}

function pulse(printer: Printer, drawer: number, unitMs: number): void {
  const onMs = printer.reader.byte() * unitMs
  const offMs = printer.reader.byte() * unitMs
  printer.event<'drawer'>({ kind: 'drawer', pin: drawer === 0 ? 2 : 5, onMs, offMs })
}

function cutBy(printer: Printer): void {
  const mode = printer.reader.oneOf('cut', [0, 1, 48, 49, 65, 66])
  if (mode >= 65) printer.feed(printer.reader.byte())
  cut(printer, mode % 2 === (mode >= 65 ? 0 : 1))
}

function cut(printer: Printer, isPartial: boolean): void {
  printer.needLineStart('a cut')
  printer.event<'cut'>({ kind: 'cut', isPartial })
}

/** Sensors and panel buttons: nothing that shows on paper. */
function setSensor(printer: Printer): void {
  printer.reader.oneOf('ESC c', [0x33, 0x34, 0x35])
  printer.reader.byte()
}

function beepEpson(printer: Printer): void {
  const { reader } = printer
  reader.oneOf('ESC (', [0x41])
  if (reader.word() !== 4) throw reader.error('ESC ( A takes 4 bytes')
  reader.oneOf('function', [48])
  reader.byte()
  const times = reader.byte()
  reader.byte()
  printer.event<'beep'>({ kind: 'beep', times })
}

function beepOthers(printer: Printer): void {
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9]
  const times = printer.reader.oneOf('beeps', digits)
  printer.reader.oneOf('length of a beep', digits)
  printer.event<'beep'>({ kind: 'beep', times })
}

/** This printer's unit is the dot; a job may say so itself. */
function setMotionUnits(printer: Printer): void {
  const x = printer.reader.byte()
  const y = printer.reader.byte()
  const isDot = x === y && (x === 0 || RESOLUTIONS_DPI.includes(x))
  if (!isDot) throw printer.reader.error(`motion units of ${x} and ${y} an inch are not dots`)
}

function sendStatusByItself(printer: Printer): void {
  const reports = printer.reader.byte()
  if (reports !== 0)
    printer.event<'statusRequest'>({ kind: 'statusRequest', bytes: hexOf(printer.reader.commandBytes) })
}

function askStatus(printer: Printer, allowed: readonly number[]): void {
  printer.reader.oneOf('status', allowed, true)
  printer.event<'statusRequest'>({ kind: 'statusRequest', bytes: hexOf(printer.reader.commandBytes) })
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/..(?=.)/g, '$& ')
}
