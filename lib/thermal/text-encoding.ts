/**
 * Text to the bytes of a code page, by the five steps of contracts/thermal.md, section 8. Encoded text is a string whose
 * characters are the bytes, U+0020 to U+007E and U+0080 to U+00FF, so that one character is one column of paper.
 */
import { bytesOf, type Encoding } from './code-pages.ts'

const LINE_BREAK = /\r\n?/g
/**
 * Accents beyond the 30 that Unicode's stream-safe format allows (UAX 15, section 13): no language has them, and the
 * platform takes hours to put a million of them in order.
 */
const SURPLUS_MARKS = /(\p{M}{30})\p{M}+/gu
/** Zs, the line and paragraph separators, and the tab. */
const SPACES = /[\t\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g
const ZERO_WIDTH_JOINER = '\u200d'
/** All that step 1 drops but the zero-width joiner, which holds the emoji of one grapheme together until step 5. */
const DROPPED =
  // biome-ignore format: one range a kind
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/

const REPLACEMENTS: ReadonlyMap<string, string> = new Map([
  ['€', 'EUR'],
  ['₡', 'CRC'],
  ['£', 'GBP'],
  ...pairs('“”„‟«»', '"'),
  ...pairs('‘’‚‛‹›', "'"),
  ...pairs('‐‑‒–—―−', '-'),
  ['…', '...'],
  ['•', '*'],
  ['™', '(TM)'],
  ['×', 'x'],
])

/** Letters whose stroke is no combining mark to Unicode. */
const STROKED: ReadonlyMap<string, string> = new Map(
  [...'ŁłØøĐđĦħŦŧƵƶıɨ'].map((letter, index) => [letter, [...'LlOoDdHhTtZzii'][index] ?? '?']),
)

const MARK = /\p{M}/u
const UNKNOWN = '?'
/** Far longer than any grapheme that people write. */
const PIECE_LENGTH = 500

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** Step 1, and line breaks as `\n`. Zero-width joiners are still there. */
export function cleanText(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text
  return text
    .replace(SURPLUS_MARKS, '$1')
    .normalize('NFC')
    .replace(LINE_BREAK, '\n')
    .replace(SPACES, ' ')
    .replace(DROPPED, '')
}

/** One line of text; a line break in it is a space. */
export function encodeText(text: string, encoding: Encoding): string {
  if (PRINTABLE_ASCII.test(text)) return text
  const clean = cleanText(text).replaceAll('\n', ' ')
  const bytes = bytesOf(encoding)
  let encoded = ''
  for (const character of clean) {
    const byte = bytes.get(character)
    if (byte === undefined) return encodeGraphemes(clean, bytes)
    encoded += byte
  }
  return encoded
}

function encodeGraphemes(text: string, bytes: ReadonlyMap<string, string>): string {
  let encoded = ''
  for (const grapheme of graphemesOf(text)) encoded += encodeGrapheme(grapheme, bytes)
  return encoded
}

/** In short pieces: the platform's segmenter takes time with the square of the length. */
function* graphemesOf(text: string): Generator<string> {
  let start = 0
  while (start < text.length) {
    const piece = text.slice(start, start + PIECE_LENGTH)
    const segments = [...graphemes.segment(piece)]
    const isLastPiece = start + piece.length >= text.length
    // The last one may go on in the next piece; one that fills a piece is cut.
    const whole = isLastPiece || segments.length === 1 ? segments : segments.slice(0, -1)
    for (const { segment } of whole) {
      start += segment.length
      yield segment
    }
  }
}

function encodeGrapheme(grapheme: string, bytes: ReadonlyMap<string, string>): string {
  const visible = grapheme.replaceAll(ZERO_WIDTH_JOINER, '')
  if (visible === '') return ''
  return (
    mapAll(visible, (character) => bytes.get(character)) ??
    mapAll(visible, (character) => bytes.get(character) ?? REPLACEMENTS.get(character)) ??
    withoutAccents(visible, bytes) ??
    UNKNOWN
  )
}

/** Undefined if one of them has none. */
function mapAll(text: string, map: (character: string) => string | undefined): string | undefined {
  let mapped = ''
  for (const character of text) {
    const next = map(character)
    if (next === undefined) return undefined
    mapped += next
  }
  return mapped
}

/** Step 4: as few accents less as it takes, `ế` to `ê` where the code page has that, else to `e`. */
function withoutAccents(grapheme: string, bytes: ReadonlyMap<string, string>): string | undefined {
  const parts = [...grapheme.normalize('NFD')]
  while (parts.length > 1 && MARK.test(parts.at(-1) ?? '')) {
    parts.pop()
    const found = mapAll(parts.join('').normalize('NFC'), (character) => bytes.get(character))
    if (found !== undefined) return found
  }
  const [letter = ''] = parts
  return parts.length === 1 ? STROKED.get(letter) : undefined
}

function pairs(characters: string, replacement: string): [string, string][] {
  return [...characters].map((character) => [character, replacement])
}
