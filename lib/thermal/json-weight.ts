const QUOTE = '"'
const [BACKSLASH, COMMA, COLON, BRACKET, BRACE] = [0x5c, 0x2c, 0x3a, 0x5b, 0x7b]
const QUOTE_CODE = 0x22

/** Too short to be anything but light. */
const LENGTH_LIGHT = 16_384
const LENGTH_MAX = 1_048_576
/** Of a sale: three an item and its name. */
const SIGNS_MAX = 10_000

/**
 * Whether a JSON text can be parsed, and what comes of it be looked through, in some milliseconds. What counts is the number
 * of values: a picture in base64 is one. Of what is no JSON the answer says no more than that it is soon found out.
 */
export function isLightJson(text: string): boolean {
  if (text.length <= LENGTH_LIGHT) return true
  return text.length <= LENGTH_MAX && hasFewSigns(text)
}

function hasFewSigns(text: string): boolean {
  let signs = 0
  for (let at = 0; at < text.length && signs <= SIGNS_MAX; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE_CODE) at = endOfString(text, at)
    else if (code === COMMA || code === COLON || code === BRACKET || code === BRACE) signs += 1
  }
  return signs <= SIGNS_MAX
}

/** Index of the quote that ends the string which begins at `start`; the end of the text if none does. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf(QUOTE, start + 1)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf(QUOTE, end + 1)
  return end === -1 ? text.length : end
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1
  return backslashes % 2 === 1
}
