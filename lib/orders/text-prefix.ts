const LAST_CODE_POINT = 0x10ffff
const SURROGATES = { first: 0xd800, last: 0xdfff }

/**
 * The least text above all that start with `prefix`, by the order of their bytes in UTF-8; null when nothing is above.
 * `starts` is a range so, which an index serves, without a pattern that would have to be escaped.
 */
export function textAfterPrefix(prefix: string): string | null {
  let end = prefix.length
  while (end > 0) {
    const isPair =
      end > 1 && prefix.charCodeAt(end - 1) >= 0xdc00 && prefix.charCodeAt(end - 1) <= SURROGATES.last
    const start = isPair ? end - 2 : end - 1
    const codePoint = prefix.codePointAt(start) as number
    if (codePoint < LAST_CODE_POINT) return prefix.slice(0, start) + String.fromCodePoint(nextOf(codePoint))
    end = start
  }
  return null
}

function nextOf(codePoint: number): number {
  return codePoint + 1 === SURROGATES.first ? SURROGATES.last + 1 : codePoint + 1
}
