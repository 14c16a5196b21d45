const QUOTE = 0x22
const BACKSLASH = 0x5c
const [OPENING_BRACKET, OPENING_BRACE, CLOSING_BRACKET, CLOSING_BRACE] = [0x5b, 0x7b, 0x5d, 0x7d]

const COMMA = 0x2c
/** Levels of arrays and objects that a body may have, in every interface. */
const NESTING_MAX = 64
/** A batch of 50 orders with 1,000 items each has some 150,000; forty megabytes of "{}," would hold the server for seconds. */
const VALUES_MAX = 500_000

/**
 * What is wrong with the shape of a JSON text, null if nothing. Looks at the bytes, before JSON.parse builds forty million
 * arrays from forty megabytes of "[". Strings are skipped by indexOf, since nearly all of a large body is one base64 string.
 */
export function shapeMistake(json: Buffer): string | null {
  let levels = 0
  let values = 1
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] as number
    if (byte === QUOTE) at = endOfString(json, at)
    else if (byte === COMMA) values += 1
    else if (byte === OPENING_BRACKET || byte === OPENING_BRACE) levels += 1
    else if (byte === CLOSING_BRACKET || byte === CLOSING_BRACE) levels -= 1
    if (levels > NESTING_MAX) return `more than ${NESTING_MAX} levels of arrays and objects`
    if (values > VALUES_MAX) return `more than ${VALUES_MAX} values`
  }
  return null
}

/** Index of the quote that ends the string that begins at `start`; the end of the text if none does. */
function endOfString(json: Buffer, start: number): number {
  let end = json.indexOf(QUOTE, start + 1)
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf(QUOTE, end + 1)
  return end === -1 ? json.length : end
}

function isEscaped(json: Buffer, at: number): boolean {
  let backslashes = 0
  while (json[at - 1 - backslashes] === BACKSLASH) backslashes += 1
  return backslashes % 2 === 1
}
