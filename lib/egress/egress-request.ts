import type { LookupAddress } from 'node:dns'
import { once } from 'node:events'
import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Readable } from 'node:stream'
import got, { type OptionsInit } from 'got'
import type { EgressTarget } from './egress-guard.ts'
import { hostOf, isAddressLiteral } from './egress-url.ts'

export interface EgressRequest {
  readonly method: 'GET' | 'POST'
  readonly target: EgressTarget
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer | undefined
  /** Breaks off the connection, whether the answer has begun or not. */
  readonly signal: AbortSignal
  /** PEM certificates to trust instead of the usual authorities. */
  readonly certificateAuthority?: string | undefined
}

export interface EgressResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Still in its content coding. */
  readonly body: Readable
  /** Closes the connection, read to the end or not: call it in `finally`. */
  close(): void
}

/** got decides nothing: redirects, decoding, retries, time and status are the caller's. */
const BARE_REQUEST = {
  followRedirect: false,
  decompress: false,
  throwHttpErrors: false,
  retry: { limit: 0 },
  http2: false,
  enableUnixSockets: false,
} as const satisfies OptionsInit

/** Sends one request to an address of `target` and resolves with the head of its answer; follows nothing. */
export async function sendEgressRequest(request: EgressRequest): Promise<EgressResponse> {
  const { target, signal } = request
  signal.throwIfAborted()
  const agent = pinnedAgents(target.addresses)
  const stream = got.stream(target.url, {
    ...BARE_REQUEST,
    isStream: true,
    method: request.method,
    headers: { ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body }),
    agent,
    // Said outright, since NODE_TLS_REJECT_UNAUTHORIZED would switch the default off.
    https: {
      rejectUnauthorized: true,
      certificateAuthority: request.certificateAuthority,
      serverName: serverNameOf(target.url),
    },
  })
  const close = (): void => {
    signal.removeEventListener('abort', close)
    stream.destroy()
    agent.http.destroy()
    agent.https.destroy()
  }
  signal.addEventListener('abort', close)
  // Whoever waits for the head or reads the body hears of errors there; one that comes after that must not be uncaught.
  stream.on('error', () => {})
  try {
    const [response] = (await once(stream, 'response', { signal })) as [IncomingMessage]
    return { status: response.statusCode ?? 0, headers: response.headers, body: stream, close }
  } catch (error) {
    close()
    throw error
  }
}

/**
 * Agents that know no other addresses than the checked ones, so that no second lookup can answer differently. Both schemes:
 * got takes the global agent for one that is missing.
 */
function pinnedAgents(addresses: readonly LookupAddress[]): { http: HttpAgent; https: HttpsAgent } {
  const lookup: LookupFunction = (_hostName, options, done) => {
    const [first] = addresses
    if (options.all === true) done(null, [...addresses])
    else done(null, first?.address ?? '', first?.family)
  }
  const options = { keepAlive: false, lookup }
  return { http: new HttpAgent(options), https: new HttpsAgent(options) }
}

/** SNI takes neither addresses nor a trailing dot (RFC 6066, section 3). */
function serverNameOf(url: URL): string {
  return isAddressLiteral(url) ? '' : hostOf(url).replace(/\.$/, '')
}
