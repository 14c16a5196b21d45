import { InvalidError } from '../errors.ts'

/** WHATWG Infra, "ASCII whitespace": what line-wrapping encoders put between the digits. */
const WHITE_SPACE = /[\t\n\f\r ]+/g
const NOT_BASE64 = /[^A-Za-z0-9+/=]/

/**
 * RFC 4648, section 4, padded. Exact: what decodes comes back as the same digits, so nobody's file is stored as other
 * bytes than were sent (Buffer alone skips what it doesn't know). Throws InvalidError about `file_content`.
 */
export function decodeFileContent(text: string): Buffer {
  const digits = text.replace(WHITE_SPACE, '')
  const padding = digits.indexOf('=')
  const isWellFormed =
    digits.length % 4 === 0 &&
    !NOT_BASE64.test(digits) &&
    (padding === -1 ||
      padding === digits.length - 1 ||
      (padding === digits.length - 2 && digits.endsWith('==')))
  if (!isWellFormed || !isLastGroupExact(digits)) {
    throw new InvalidError(
      'file_content',
      'invalid',
      'file_content must be base64 in the standard alphabet, with padding',
    )
  }
  return Buffer.from(digits, 'base64')
}

/** The last digit before the padding carries two or four bits of no byte: another value there is another text. */
function isLastGroupExact(digits: string): boolean {
  const last = digits.slice(-4)
  return Buffer.from(last, 'base64').toString('base64') === last
}
