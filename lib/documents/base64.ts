const NOT_BASE64 = /[^A-Za-z0-9+/=]/

/**
 * RFC 4648, section 4, padded, nothing skipped; null for anything else. Exact: what decodes comes back as the same
 * digits, whereas Buffer alone skips what it doesn't know.
 */
export function decodeBase64(digits: string): Buffer | null {
  const padding = digits.indexOf('=')
  const isWellFormed =
    digits.length % 4 === 0 &&
    !NOT_BASE64.test(digits) &&
    (padding === -1 ||
      padding === digits.length - 1 ||
      (padding === digits.length - 2 && digits.endsWith('==')))
  return isWellFormed && isLastGroupExact(digits) ? Buffer.from(digits, 'base64') : null
}

/** The last digit before the padding carries two or four bits of no byte: another value there is another text. */
function isLastGroupExact(digits: string): boolean {
  const last = digits.slice(-4)
  return Buffer.from(last, 'base64').toString('base64') === last
}
