/**
 * Numbers of JSON that a reply must give back as they were sent (contracts/rpc.md, section 3). JSON.parse rounds what a
 * double can't hold, and nothing of it can be told from the result: 5.0000000000000000001 has become 5. So the text of
 * each numeric `id` is looked up again, and its value compared digit by digit with what the reply would say.
 */

const QUOTE = '"'
const BACKSLASH = '\\'
/** More digits than any double needs: whoever pads a number beyond gets it refused rather than compared. */
const NUMBER_LENGTH_MAX = 1_000
const STRUCTURE = /["{}[\],]/g
const LEVEL_STEPS: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 }
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const COLON_FOLLOWS = /[ \t\n\r]*:[ \t\n\r]*/y

/**
 * The numbers that the requests of a body give as `id`, as they were written, by the position of the request; the last
 * one of a request that has several. `text` is valid JSON, and an array if it `isBatch`.
 */
export function numericIds(text: string, isBatch: boolean): ReadonlyMap<number, string> {
  const ids = new Map<number, string>()
  const requestLevel = isBatch ? 2 : 1
  let level = 0
  let position = 0
  STRUCTURE.lastIndex = 0
  while (STRUCTURE.test(text)) {
    const at = STRUCTURE.lastIndex - 1
    const character = text[at] as string
    level += LEVEL_STEPS[character] ?? 0
    if (character === ',' && level === requestLevel - 1) position += 1
    if (character !== QUOTE) continue
    STRUCTURE.lastIndex = endOfString(text, at) + 1
    if (level === requestLevel) noteId(ids, position, { text, at, end: STRUCTURE.lastIndex })
  }
  return ids
}

/** `at` to `end` is a string within a request: a key if a colon follows it. */
function noteId(
  ids: Map<number, string>,
  position: number,
  { text, at, end }: { text: string; at: number; end: number },
): void {
  const value = startOfValue(text, end)
  if (value === null || !isIdKey(text.slice(at, end))) return
  const number = numberAt(text, value)
  if (number === undefined) ids.delete(position)
  else ids.set(position, number)
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf(QUOTE, start + 1)
  while (isEscaped(text, end)) end = text.indexOf(QUOTE, end + 1)
  return end
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === BACKSLASH) backslashes += 1
  return backslashes % 2 === 1
}

/** Where the value of a key begins, null when the string before `at` is no key. */
function startOfValue(text: string, at: number): number | null {
  COLON_FOLLOWS.lastIndex = at
  return COLON_FOLLOWS.test(text) ? COLON_FOLLOWS.lastIndex : null
}

/** `"\u0069d"` is the same key; the longest way to write it has 14 characters. */
function isIdKey(quoted: string): boolean {
  return quoted.length <= 14 && JSON.parse(quoted) === 'id'
}

function numberAt(text: string, at: number): string | undefined {
  NUMBER.lastIndex = at
  return NUMBER.exec(text)?.[0]
}

/** Whether two numbers of JSON have the very same value: 1.0 and 1, 1e2 and 100, but not 0.1 and 0.1000000000000000055. */
export function isSameNumber(a: string, b: string): boolean {
  if (a.length > NUMBER_LENGTH_MAX || b.length > NUMBER_LENGTH_MAX) return false
  const [one, other] = [readDecimal(a), readDecimal(b)]
  return one.sign === other.sign && one.digits === other.digits && one.exponent === other.exponent
}

/** `digits` times ten to the `exponent`, digits without zeros at either end: each value has one such form. */
interface Decimal {
  readonly sign: string
  readonly digits: string
  readonly exponent: number
}

function readDecimal(number: string): Decimal {
  const sign = number.startsWith('-') ? '-' : ''
  const [mantissa = '', exponent = '0'] = number.slice(sign.length).toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const significant = (whole + fraction).replace(/^0+/, '')
  const digits = significant.replace(/0+$/, '')
  if (digits === '') return { sign, digits, exponent: 0 }
  return { sign, digits, exponent: Number(exponent) - fraction.length + significant.length - digits.length }
}
