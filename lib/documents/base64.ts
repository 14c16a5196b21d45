/**
 * RFC 4648, section 4, padded, nothing skipped; null for anything else. Exact: what decodes comes back as the same digits,
 * whereas Buffer alone skips what it doesn't know. That is seen by the length of what it makes, and so without a second look
 * at each digit, which would take six times as long as the decoding.
 */
export function decodeBase64(digits: string): Buffer | null {
  // Buffer takes the lower half of a character, and the alphabet for URLs as well.
  const hasOthers =
    Buffer.byteLength(digits) !== digits.length || digits.includes('-') || digits.includes('_')
  if (hasOthers || digits.length % 4 !== 0) return null
  const bytes = Buffer.from(digits, 'base64')
  const isWhole = bytes.length === (digits.length / 4) * 3 - paddingOf(digits)
  return isWhole && isLastGroupExact(digits) ? bytes : null
}

function paddingOf(digits: string): number {
  if (digits.endsWith('==')) return 2
  return digits.endsWith('=') ? 1 : 0
}

/** The last digit before the padding carries two or four bits of no byte: another value there is another text. */
function isLastGroupExact(digits: string): boolean {
  const last = digits.slice(-4)
  return Buffer.from(last, 'base64').toString('base64') === last
}
