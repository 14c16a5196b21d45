import type { IncomingHttpHeaders } from 'node:http'
import { EgressError } from './egress.ts'
import { parseEgressUrl } from './egress-url.ts'

const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Other 3xx (300, 304) name no single place to go to: they are a final status. */
export function isRedirect(status: number): boolean {
  return REDIRECT_STATUSES.has(status)
}

/**
 * Where a redirect from `from` leads. Throws EgressError `blocked` for a scheme other than http and https, `redirects` for a
 * Location that is missing, malformed, too long or holds a user name or password.
 */
export function redirectTarget(headers: IncomingHttpHeaders, from: URL): URL {
  // Node reads a byte as a character; Locations with raw UTF-8 are common.
  const location = Buffer.from(headers.location ?? '', 'latin1').toString('utf8')
  if (location === '') throw new EgressError('redirects', `${from.host} redirects without a Location`)
  const { url, fault } = parseEgressUrl(location, from)
  if (fault === 'scheme')
    throw new EgressError('blocked', `${from.host} redirects to a scheme other than http and https`)
  if (fault !== null)
    throw new EgressError('redirects', `${from.host} redirects to a URL that cannot be used: ${fault}`)
  return url
}
