/** ZPL II cut into what a printer takes one after the other. Pure. */
export interface ZplToken {
  /** Prefix and two letters in upper case, `^FD`; shorter where the next prefix comes sooner; empty for what comes first. */
  readonly command: string
  readonly start: number
  /** Where the next token starts; beyond the end when it counts more bytes than there are. */
  readonly end: number
}

const COMMAND_LENGTH = 3
const PREFIX = /[\^~]/g
/** `^GFB,<bytes>,` counts what follows its fourth comma; B is binary, C is compressed. */
const COUNTED_GRAPHIC = /^\^GF\s*[BC]\s*,\s*(\d{1,9})\s*,[^,^~]*,[^,^~]*,/i
/** `~DYd:name,b,x,<bytes>,w,`: a download whose content is binary. */
const COUNTED_DOWNLOAD = /^~DY[^,^~]*,\s*[BC]\s*,[^,^~]*,\s*(\d{1,9})\s*,[^,^~]*,/i
/** SI is the control character for `^FS`. */
const FIELD_END = /\^FS|\x0f|\^FD|\^FV|\^XA|\^XZ/gi
/** Longer heads are no commands that a printer knows. */
const COUNTED_HEAD_LENGTH_MAX = 256

/** `zpl` is Latin-1 text, one character a byte. The tokens cover it without gaps. */
export function* tokenizeZpl(zpl: string): Generator<ZplToken> {
  let start = nextPrefix(zpl, 0)
  if (start > 0) yield { command: '', start: 0, end: start }
  while (start < zpl.length) {
    const command = commandAt(zpl, start)
    const end = endOf(zpl, start, command)
    yield { command, start, end }
    start = end
  }
}

function nextPrefix(zpl: string, from: number): number {
  PREFIX.lastIndex = from
  return PREFIX.exec(zpl)?.index ?? zpl.length
}

function commandAt(zpl: string, start: number): string {
  const nextStart = nextPrefix(zpl, start + 1)
  return zpl.slice(start, Math.min(start + COMMAND_LENGTH, nextStart)).toUpperCase()
}

function endOf(zpl: string, start: number, command: string): number {
  if (command === '^FD' || command === '^FV') return fieldEnd(zpl, start + COMMAND_LENGTH)
  if (command === '^GF' || command === '~DY') {
    const head = zpl.slice(start, start + COUNTED_HEAD_LENGTH_MAX)
    const counted = (command === '^GF' ? COUNTED_GRAPHIC : COUNTED_DOWNLOAD).exec(head)
    if (counted) return countedEnd(zpl, start + counted[0].length, Number(counted[1]))
  }
  return nextPrefix(zpl, start + command.length)
}

/** The parameters end with the next prefix after the counted bytes. */
function countedEnd(zpl: string, start: number, count: number): number {
  const end = start + count
  return end > zpl.length ? end : nextPrefix(zpl, end)
}

/**
 * Field data runs to `^FS`. Where another field, or the format's end, comes first, none was written, and the printer
 * ends the field with the next command.
 */
function fieldEnd(zpl: string, from: number): number {
  FIELD_END.lastIndex = from
  const match = FIELD_END.exec(zpl)
  const isEnded = match !== null && (match[0] === '\x0f' || match[0].toUpperCase() === '^FS')
  return isEnded ? nextPrefix(zpl, match.index) : nextPrefix(zpl, from)
}
