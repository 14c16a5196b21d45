/** The commands of contracts/thermal.md, section 7: no other is ever sent. Bytes are the characters of a text. */
import type { Align, Font } from './text-style.ts'
import type { Cut, DrawerPin } from './thermal-settings.ts'

const ESC = '\x1b'
const GS = '\x1d'
const FS = '\x1c'

export const LINE_FEED = '\n'
/** Clears the way for the cutter, which sits above the print head. */
export const FEED_BEFORE_CUT = `${ESC}d\x08`
export const BEEP = `${ESC}B\x03\x02`

const ALIGNS: Readonly<Record<Align, string>> = { left: '\x00', center: '\x01', right: '\x02' }
const FONTS: Readonly<Record<Font, string>> = { A: '\x00', B: '\x01' }
const CUTS: Readonly<Record<Cut, string>> = { full: `${GS}V\x00`, partial: `${GS}V\x01`, none: '' }
const PINS: Readonly<Record<DrawerPin, string>> = { 2: '\x00', 5: '\x01' }

/** Initialise, leave Kanji mode, character set of the USA, font A, code page. */
export function start(codePage: number): string {
  return `${ESC}@${FS}.${ESC}R\x00${ESC}M\x00${ESC}t${String.fromCharCode(codePage)}`
}

export function bold(isOn: boolean): string {
  return `${ESC}E${isOn ? '\x01' : '\x00'}`
}

export function underline(isOn: boolean): string {
  return `${ESC}-${isOn ? '\x01' : '\x00'}`
}

export function font(name: Font): string {
  return `${ESC}M${FONTS[name]}`
}

/** Factors from 1 to 8. */
export function size(width: number, height: number): string {
  return `${GS}!${String.fromCharCode((width - 1) * 16 + height - 1)}`
}

export function align(where: Align): string {
  return `${ESC}a${ALIGNS[where]}`
}

/** null: the printer's default. */
export function lineSpacing(dots: number | null): string {
  return dots === null ? `${ESC}2` : `${ESC}3${String.fromCharCode(dots)}`
}

export function cut(how: Cut): string {
  return CUTS[how]
}

export function drawer(pin: DrawerPin): string {
  return `${ESC}p${PINS[pin]}\x32\x32`
}

/** Of `GS v 0`; the rows follow. */
export function pictureHeader(widthBytes: number, heightDots: number): string {
  return `${GS}v0\x00${littleEndian(widthBytes)}${littleEndian(heightDots)}`
}

/** Model 2, level L; the data are bytes as characters. */
export function qrCode(data: string, moduleDots: number): string {
  const command = (parameters: string): string => `${GS}(k${littleEndian(parameters.length)}${parameters}`
  return [
    command('1A2\x00'),
    command(`1C${String.fromCharCode(moduleDots)}`),
    command('1E0'),
    command(`1P0${data}`),
    command('1Q0'),
  ].join('')
}

function littleEndian(number: number): string {
  return String.fromCharCode(number & 0xff, number >> 8)
}
