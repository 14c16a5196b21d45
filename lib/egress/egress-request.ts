import { once } from 'node:events'
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import got, { type OptionsInit } from 'got'
import { codeOf, type EgressTarget } from './egress-guard.ts'
import { hostOf, isAddressLiteral } from './egress-url.ts'
import { type PinnedAgents, pinnedAgents } from './pinned-agents.ts'

export interface EgressRequest {
  readonly method: 'GET' | 'POST'
  readonly target: EgressTarget
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer | undefined
  /** Breaks off the connection, whether the answer has begun or not. */
  readonly signal: AbortSignal
  /** PEM certificates to trust instead of the usual authorities. */
  readonly certificateAuthority?: string | undefined
  /** Whose connections to use, for `target` alone; default: one of its own, which ends with the request. */
  readonly agents?: PinnedAgents | undefined
}

export interface EgressResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Still in its content coding. */
  readonly body: Readable
  /** Closes the connection, read to the end or not: call it in `finally`. */
  close(): void
  /** Instead of `close`, for a body that nobody reads: the connection is kept if `agents` keep any. */
  finish(): void
}

/** What an answer may hold beside its head for its connection to be kept, and how long it may take. */
const REST_BYTES_MAX = 16_384
const REST_MS_MAX = 250

/** Of a write to, or a read from, a connection that the other side has closed. */
const STALE_CODES: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE'])

/** got decides nothing: redirects, decoding, retries, time and status are the caller's. */
const BARE_REQUEST = {
  followRedirect: false,
  decompress: false,
  throwHttpErrors: false,
  retry: { limit: 0 },
  http2: false,
  enableUnixSockets: false,
} as const satisfies OptionsInit

/**
 * Sends one request to an address of `target` and resolves with the head of its answer; follows nothing. Where a kept
 * connection turns out to be closed before an answer began, it is sent again by a new one.
 */
export async function sendEgressRequest(request: EgressRequest): Promise<EgressResponse> {
  const { target, signal } = request
  signal.throwIfAborted()
  const agent = request.agents ?? pinnedAgents(target.addresses, { keepAlive: false })
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
    if (request.agents) return
    agent.http.destroy()
    agent.https.destroy()
  }
  signal.addEventListener('abort', close)
  // Whoever waits for the head or reads the body hears of errors there; one that comes after that must not be uncaught.
  stream.on('error', () => {})
  let sent: ClientRequest | undefined
  stream.once('request', (clientRequest: ClientRequest) => {
    sent = clientRequest
  })
  try {
    const [response] = (await once(stream, 'response', { signal })) as [IncomingMessage]
    const { statusCode = 0, headers } = response
    return { status: statusCode, headers, body: stream, close, finish: () => finish(stream, close) }
  } catch (error) {
    close()
    if (isStale(sent, error) && !signal.aborted) return sendEgressRequest({ ...request, agents: undefined })
    throw error
  }
}

/** A short rest is read away, so that its connection is free for the next request; a long or slow one ends it. */
function finish(body: Readable, close: () => void): void {
  let leftBytes = REST_BYTES_MAX
  const timer = setTimeout(close, REST_MS_MAX)
  body.once('end', () => clearTimeout(timer))
  body.on('data', (chunk: Buffer) => {
    leftBytes -= chunk.length
    if (leftBytes < 0) close()
  })
}

/** The server closed the connection while it waited for a request, or with this one in hand: nobody can tell. */
function isStale(request: ClientRequest | undefined, error: unknown): boolean {
  return request?.reusedSocket === true && STALE_CODES.has(codeOf(error) ?? '')
}

/** SNI takes neither addresses nor a trailing dot (RFC 6066, section 3). */
function serverNameOf(url: URL): string {
  return isAddressLiteral(url) ? '' : hostOf(url).replace(/\.$/, '')
}
