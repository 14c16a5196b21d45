import { parseEgressUrl, URL_LENGTH_MAX } from '../egress/egress-url.ts'
import { decodeBase64 } from './base64.ts'

/** Where a document is to come from: contracts/cloud-printing.md, section 4. */
export type DocumentSource =
  | { readonly kind: 'url'; readonly url: string }
  /** `declaredType` in lower case, without parameters; empty where the URI names none. */
  | { readonly kind: 'data'; readonly declaredType: string; readonly bytes: Buffer }

/** A media type with its parameters; a longer head is no data URI that a client would write. */
const HEAD_LENGTH_MAX = 1024
const BASE64_MARK = /;\s*base64\s*$/i

/** The source that `data` names, or the words that follow it in a message: `must be …`. */
export function readDocumentSource(data: string): DocumentSource | { readonly mistake: string } {
  if (/^data:/i.test(data)) return readDataUri(data)
  if (!/^https?:/i.test(data)) return { mistake: 'must be an http or https URL or a base64 data URI' }
  const { fault } = parseEgressUrl(data)
  if (fault === null) return { kind: 'url', url: data }
  return { mistake: URL_MISTAKES[fault] }
}

const URL_MISTAKES = {
  too_long: `must have at most ${URL_LENGTH_MAX} characters`,
  malformed: 'must be a well-formed URL',
  scheme: 'must be an http or https URL or a base64 data URI',
  userinfo: 'must not have a user name or password in its URL',
} as const

/** RFC 2397, of the base64 kind alone. */
function readDataUri(data: string): DocumentSource | { readonly mistake: string } {
  const comma = data.slice(0, HEAD_LENGTH_MAX).indexOf(',')
  const head = data.slice('data:'.length, comma)
  if (comma === -1 || !BASE64_MARK.test(head)) {
    return { mistake: 'must be of the form data:<type>;base64,<data>' }
  }
  const bytes = decodeBase64(data.slice(comma + 1))
  if (bytes === null) return { mistake: 'must hold base64 in the standard alphabet, with padding' }
  if (bytes.length === 0) return { mistake: 'must not be empty' }
  return { kind: 'data', declaredType: bareType(head), bytes }
}

/** `Application/PDF; charset=x` is `application/pdf`. */
export function bareType(contentType: string): string {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}
