import { decodeBase64 } from '../documents/base64.ts'
import { InvalidError } from '../errors.ts'

/** WHATWG Infra, "ASCII whitespace": what line-wrapping encoders put between the digits. */
const WHITE_SPACE = /[\t\n\f\r ]+/g

/** Exact, so that nobody's file is stored as other bytes than were sent. Throws InvalidError about `file_content`. */
export function decodeFileContent(text: string): Buffer {
  const bytes = decodeBase64(text.replace(WHITE_SPACE, ''))
  if (bytes) return bytes
  const message = 'file_content must be base64 in the standard alphabet, with padding'
  throw new InvalidError('file_content', 'invalid', message)
}
