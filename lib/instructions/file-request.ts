import { parseEgressUrl } from '../egress/egress-url.ts'
import { checkRequestHeaders } from '../egress/request-headers.ts'
import { InvalidError } from '../errors.ts'

/** A file to fetch: contracts/rpc.md, section 9. Credentials live for the length of the call alone. */
export interface FileRequest {
  readonly url: string
  readonly auth: readonly [string, string] | null
  readonly headers: Readonly<Record<string, string>>
}

type UrlFault = NonNullable<ReturnType<typeof parseEgressUrl>['fault']>

const URL_FAULTS: Readonly<Record<UrlFault, string>> = {
  too_long: 'must have at most 4096 characters',
  malformed: 'must be an absolute URL',
  scheme: 'must start with http: or https:',
  userinfo: 'must not hold a user name or password',
}

/** `value` has the form of the schema. Throws InvalidError; its message holds no credential and no header value. */
export function readFileRequest(value: unknown): FileRequest {
  if (typeof value !== 'object' || value === null || isFilledArray(value)) {
    throw new InvalidError('file_request', 'invalid', 'file_request must be an object')
  }
  const members = value as Readonly<Record<string, unknown>>
  const auth = readAuth(members['auth'])
  return { url: readUrl(members['url']), auth, headers: readHeaders(members['headers'], auth !== null) }
}

function readUrl(value: unknown): string {
  if (value === undefined || value === null) {
    throw new InvalidError('file_request.url', 'required', 'file_request.url is missing')
  }
  const fault = typeof value === 'string' ? parseEgressUrl(value).fault : 'malformed'
  if (fault !== null) {
    throw new InvalidError('file_request.url', 'invalid', `file_request.url ${URL_FAULTS[fault]}`)
  }
  return value as string
}

/** PHP writes "none" as `[]`. */
function readAuth(value: unknown): readonly [string, string] | null {
  if (value === undefined || value === null || isEmptyArray(value)) return null
  const [user, password, ...more] = Array.isArray(value) ? (value as unknown[]) : []
  if (typeof user !== 'string' || typeof password !== 'string' || more.length > 0) {
    throw new InvalidError(
      'file_request.auth',
      'invalid',
      'file_request.auth must be a user name and a password',
    )
  }
  return [user, password]
}

function readHeaders(value: unknown, hasAuth: boolean): Record<string, string> {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || isFilledArray(value)) {
    throw new InvalidError('file_request.headers', 'invalid', 'file_request.headers must be an object')
  }
  const headers = value as Readonly<Record<string, unknown>>
  const mistake = checkRequestHeaders(headers, hasAuth)
  if (mistake) throw new InvalidError(`file_request.${mistake.field}`, mistake.reason, mistake.message)
  return Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)]))
}

function isEmptyArray(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

function isFilledArray(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0
}
