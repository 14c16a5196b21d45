/** The code pages of contracts/thermal.md, section 8: which byte is which character. */
import CodepageEncoder from '@point-of-sale/codepage-encoder'

export const ENCODINGS = [
  'cp437',
  'cp737',
  'cp850',
  'cp852',
  'cp857',
  'cp858',
  'cp860',
  'cp863',
  'cp865',
  'cp866',
  'windows1250',
  'windows1251',
  'windows1252',
  'windows1253',
  'windows1254',
  'windows1255',
  'windows1256',
  'windows1257',
  'windows1258',
] as const
export type Encoding = (typeof ENCODINGS)[number]

/** By the printer's own number, `1B 74 n`; printers that number otherwise set `encoding`. */
export const CODE_PAGE_ENCODINGS: ReadonlyMap<number, Encoding> = new Map([
  [0, 'cp437'],
  [2, 'cp850'],
  [3, 'cp860'],
  [4, 'cp863'],
  [5, 'cp865'],
  [13, 'cp857'],
  [14, 'cp737'],
  [16, 'windows1252'],
  [17, 'cp866'],
  [18, 'cp852'],
  [19, 'cp858'],
  [45, 'windows1250'],
  [46, 'windows1251'],
  [47, 'windows1253'],
  [48, 'windows1254'],
  [49, 'windows1255'],
  [50, 'windows1256'],
  [51, 'windows1257'],
  [52, 'windows1258'],
])

/** Where the table has a euro sign that neither Microsoft's nor the Unicode consortium's has: old printers print none. */
const DISPUTED: ReadonlySet<string> = new Set(['cp857:€'])

const PRINTABLE_FIRST = 0x20
const DELETE = 0x7f
const HIGH_FIRST = 0x80
const BYTES = 0x100
const REPLACEMENT_CHARACTER = 0xfffd

const charactersByEncoding = new Map<Encoding, readonly string[]>()
const bytesByEncoding = new Map<Encoding, ReadonlyMap<string, string>>()

/** The character of each byte; empty where text never has the byte: below 20, at 7F and where the code page has none. */
export function charactersOf(encoding: Encoding): readonly string[] {
  return remembered(charactersByEncoding, encoding, () => {
    const codePoints = CodepageEncoder.getCodepoints(encoding, true)
    return Array.from({ length: BYTES }, (_, byte) => characterAt(encoding, byte, codePoints[byte]))
  })
}

/** The byte of each character, as a text of one character from U+0000 to U+00FF. */
export function bytesOf(encoding: Encoding): ReadonlyMap<string, string> {
  return remembered(bytesByEncoding, encoding, () => {
    const characters = charactersOf(encoding)
    const bytes = new Map<string, string>()
    characters.forEach((character, byte) => {
      if (character !== '' && !bytes.has(character)) bytes.set(character, String.fromCharCode(byte))
    })
    return bytes
  })
}

function characterAt(encoding: Encoding, byte: number, codePoint: number | undefined): string {
  if (byte < PRINTABLE_FIRST || byte === DELETE) return ''
  if (byte < HIGH_FIRST) return String.fromCharCode(byte)
  if (codePoint === undefined || codePoint === REPLACEMENT_CHARACTER) return ''
  const character = String.fromCodePoint(codePoint)
  return DISPUTED.has(`${encoding}:${character}`) ? '' : character
}

function remembered<T>(cache: Map<Encoding, T>, encoding: Encoding, make: () => T): T {
  const known = cache.get(encoding)
  if (known !== undefined) return known
  const made = make()
  cache.set(encoding, made)
  return made
}
