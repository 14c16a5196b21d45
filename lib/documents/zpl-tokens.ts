/** ZPL II cut into what a printer takes one after the other. Pure. */
export interface ZplToken {
  /**
   * Prefix and two letters in upper case, `^FD`; shorter where the next prefix comes sooner; empty for what comes first.
   * The prefixes' control characters, RS and DLE, are told as `^` and `~`.
   */
  readonly command: string
  readonly start: number
  /** Where the next token starts; beyond the end when it counts more bytes than there are, or doesn't tell how many. */
  readonly end: number
  /** Where its text begins, which is after counted bytes. */
  readonly textStart: number
}

const COMMAND_LENGTH = 3
/** RS (1E) may stand for `^` and DLE (10) for `~`: ZPL II Programming Guide, "ZPL Basics". */
const PREFIX = /[\^~\x1e\x10]/g
const CARET_ALIAS = '\x1e'
const TILDE_ALIAS = '\x10'
/**
 * `^GFB,<bytes>,<bytes>,<bytes a row>,` counts what follows its fourth comma; B is binary, C is compressed. US (1F) may
 * stand for a comma. A printer passes over a graphic without one of its three numbers and reads what follows as commands;
 * what it makes of blanks among them nobody says.
 */
const COUNTED_GRAPHIC = /^.GF[BC][,\x1f](0*[1-9]\d{0,8})[,\x1f]0*[1-9]\d*[,\x1f]0*[1-9]\d*[,\x1f]/i
const BINARY_GRAPHIC = /^.GF[\0-\x20]*[BC]/i
/** `~DYd:name,b,x,<bytes>,w,`: a download whose content is binary. */
const COUNTED_DOWNLOAD =
  /^.DY[^,\x1f^~\x1e\x10]*[,\x1f]\s*[BCP]\s*[,\x1f]\s*\w*\s*[,\x1f]\s*(\d{1,9})\s*[,\x1f]\s*\d*\s*[,\x1f]/i
/** Longer heads are no commands that a printer knows. */
const COUNTED_HEAD_LENGTH_MAX = 256
/** In the encodings of Asia (`^CI15`, `^CI26`) a sign is two bytes, this one and any, a caret too. */
const NOT_ASCII_FROM = 0x80
/** Their text is what is printed, or nothing at all. */
const DATA: ReadonlySet<string> = new Set(['^FD', '^FV', '^FX'])
/**
 * After a prefix in data: every command begins with a letter, and a printer may pass over blanks and control characters.
 * Anything else leaves the prefix a sign like others: `5~10 °C`.
 */
const BEGINS_COMMAND = /[a-z\0-\x20\x7f^~]/i

/** `zpl` is Latin-1 text, one character a byte. The tokens cover it without gaps. */
export function* tokenizeZpl(zpl: string): Generator<ZplToken> {
  let start = nextPrefix(zpl, 0)
  let textStart = 0
  if (start > 0) yield { command: '', start: 0, end: start, textStart }
  while (start < zpl.length) {
    const command = commandAt(zpl, start)
    const isHalfSign = start > textStart && zpl.charCodeAt(start - 1) >= NOT_ASCII_FROM
    textStart = textStartOf(zpl, { start, command, isHalfSign })
    const end = textStart > zpl.length ? textStart : textEnd(zpl, textStart, DATA.has(command))
    yield { command, start, end, textStart }
    start = end
  }
}

function nextPrefix(zpl: string, from: number): number {
  PREFIX.lastIndex = from
  return PREFIX.exec(zpl)?.index ?? zpl.length
}

function commandAt(zpl: string, start: number): string {
  const nextStart = nextPrefix(zpl, start + 1)
  const letters = zpl.slice(start + 1, Math.min(start + COMMAND_LENGTH, nextStart)).toUpperCase()
  return prefixAt(zpl, start) + letters
}

function prefixAt(zpl: string, index: number): string {
  const sign = zpl.charAt(index)
  if (sign === CARET_ALIAS) return '^'
  return sign === TILDE_ALIAS ? '~' : sign
}

/** `isHalfSign`: text before it could have the prefix for the second half of a sign, and all that is counted for text. */
function textStartOf(
  zpl: string,
  { start, command, isHalfSign }: Pick<ZplToken, 'start' | 'command'> & { readonly isHalfSign: boolean },
): number {
  const textStart = start + command.length
  if (command !== '^GF' && command !== '~DY') return textStart
  const head = zpl.slice(start, start + COUNTED_HEAD_LENGTH_MAX)
  const counted = (command === '^GF' ? COUNTED_GRAPHIC : COUNTED_DOWNLOAD).exec(head)
  if (counted && !isHalfSign) return start + counted[0].length + Number(counted[1])
  return command === '^GF' && BINARY_GRAPHIC.test(head) ? Number.POSITIVE_INFINITY : textStart
}

/** A caret or tilde ends field data: the printer takes no notice of the `^FS` that should have come first. */
function textEnd(zpl: string, from: number, isData: boolean): number {
  let end = nextPrefix(zpl, from)
  while (isData && end + 1 < zpl.length && !BEGINS_COMMAND.test(zpl.charAt(end + 1))) {
    end = nextPrefix(zpl, end + 1)
  }
  return end
}
