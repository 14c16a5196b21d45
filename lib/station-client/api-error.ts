/** `refused`: the same will be answered for ever. `unavailable`: no answer, or one that may be another tomorrow. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly failure: 'refused' | 'unavailable'
  readonly retryAfterMs: number
  constructor(failure: ApiError['failure'], message: string, retryAfterMs = 0, options?: ErrorOptions) {
    super(message, options)
    this.failure = failure
    this.retryAfterMs = retryAfterMs
  }
}

/** What every JSON answer of the server holds; what a proxy or a hotel's sign-in page says doesn't. */
export interface Envelope {
  readonly status: number
  readonly message: string
  readonly data: unknown
  readonly code: string | null
  readonly endpoint: string
}

const RETRY_AFTER_MAX_MS = 60_000
/** A job that is gone, or has gone on; a link that is past. A key or its rights may be mended, so their refusals aren't here. */
const FINAL = new Set(['400 invalid_status_transition', '404 not_found', '403 invalid_signature'])

/** Undefined for what the server that was asked for `url` can't have said. */
export function parseEnvelope(text: string, status: number, url: string): Envelope | undefined {
  const envelope = parseJson(text) as Partial<Envelope> | null | undefined
  const { code, endpoint, message } = envelope ?? {}
  const isWhole = typeof message === 'string' && (code === null || typeof code === 'string')
  if (!isWhole || envelope?.status !== status || typeof endpoint !== 'string') return undefined
  // Below another base path there is another server, or none: it knows nothing of this one's jobs.
  const isAsked = endpoint.startsWith('/v1/') && new URL(url).pathname.endsWith(endpoint)
  return isAsked ? (envelope as Envelope) : undefined
}

/** What an answer other than 200 means. */
export function refusalOf(response: Response, text: string, url: string): ApiError {
  const envelope = parseEnvelope(text, response.status, url)
  const isFinal = envelope !== undefined && FINAL.has(`${envelope.status} ${envelope.code}`)
  const seconds = Number(response.headers.get('Retry-After') ?? 0) || 0
  return new ApiError(
    isFinal ? 'refused' : 'unavailable',
    `the server answered ${response.status}: ${envelope?.message.slice(0, 500) ?? 'no envelope'}`,
    Math.min(Math.max(0, seconds * 1_000), RETRY_AFTER_MAX_MS),
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
