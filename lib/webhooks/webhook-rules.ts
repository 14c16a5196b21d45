import type { EgressGuard } from '../egress/egress-guard.ts'
import { parseEgressUrl, URL_LENGTH_MAX, type UrlFault } from '../egress/egress-url.ts'
import { checkRequestHeaders } from '../egress/request-headers.ts'
import { InvalidError } from '../errors.ts'

/** contracts/cloud-printing.md, section 7: names are checked at each delivery, addresses here already. */
export type WebhookGuard = Pick<EgressGuard, 'refusesLiteral'>

const URL_FAULTS: Readonly<Record<UrlFault, string>> = {
  too_long: `must have at most ${URL_LENGTH_MAX} characters`,
  malformed: 'must be an absolute URL',
  scheme: 'must begin with http:// or https://',
  userinfo: 'must hold no user name and no password',
}

/** As `extra_headers` of the RPC interface: receivers take some 8 or 16 kB, and each request carries them. */
const HEADERS_LENGTH_MAX = 65_536

const HEADER_LINE = /^([^:]+):(.*)$/

/** Throws InvalidError. */
export function assertWebhookUrl(url: string, guard: WebhookGuard): void {
  const parsed = parseEgressUrl(url)
  if (parsed.fault !== null) throw new InvalidError('url', 'invalid', `url ${URL_FAULTS[parsed.fault]}`)
  if (!guard.refusesLiteral(parsed.url)) return
  throw new InvalidError(
    'url',
    'blocked',
    'url must not name a private, loopback or otherwise reserved address',
  )
}

/** Throws InvalidError for the first topic that `isKnown` doesn't know. */
export function assertTopics(topics: readonly string[], isKnown: (topic: string) => boolean): void {
  if (topics.length === 0) throw new InvalidError('topics', 'invalid', 'topics must name at least one topic')
  const unknown = topics.findIndex((topic) => !isKnown(topic))
  if (unknown === -1) return
  throw new InvalidError(`topics.${unknown}`, 'invalid', `topics.${unknown} is not a topic`)
}

/** The headers as they are sent. Throws InvalidError, which names a header and never its value. */
export function readWebhookHeaders(
  headers: Readonly<Record<string, string | number>>,
): Readonly<Record<string, string>> {
  const mistake = checkRequestHeaders(headers, false)
  if (mistake !== null)
    throw new InvalidError(mistake.field, mistake.reason, `${mistake.field}: ${mistake.message}`)
  const read = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)])
  if (read.reduce((total, [name, value]) => total + name.length + value.length, 0) > HEADERS_LENGTH_MAX) {
    throw new InvalidError(
      'headers',
      'invalid',
      `headers must have at most ${HEADERS_LENGTH_MAX} characters together`,
    )
  }
  return Object.fromEntries(read)
}

/** `Name: value` lines. Throws InvalidError; the same rules hold as for an object of headers. */
export function readHeaderLines(text: string): Readonly<Record<string, string>> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const entries = lines.map((line, index): [string, string] => {
    const [, name = '', value = ''] = HEADER_LINE.exec(line) ?? []
    if (name === '') {
      throw new InvalidError(
        'extra_headers',
        'invalid',
        `extra_headers: line ${index + 1} is not "Name: value"`,
      )
    }
    return [name.trim(), value.trim()]
  })
  const mistake = checkRequestHeaders(Object.fromEntries(entries), false)
  if (mistake === null) return Object.fromEntries(entries)
  throw new InvalidError('extra_headers', mistake.reason, `extra_headers: ${mistake.message}`)
}

export function writeHeaderLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')
}
