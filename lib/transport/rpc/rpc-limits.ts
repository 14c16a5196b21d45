import { MULTI_CALLS_MAX } from '../../../schemas/endpoint-methods.ts'
import { type ConcurrencyLimiter, createConcurrencyLimiter, type Place } from '../http/concurrency-limiter.ts'
import { createRateLimiter, type RateLimit, type RateLimiter } from '../http/rate-limiter.ts'
import type { RpcRequest } from './rpc-envelope.ts'
import { type RpcError, RpcRefusal } from './rpc-error.ts'
import type { Identities } from './rpc-identities.ts'

/** contracts/rpc.md, section 7: tokens and places, per API user or else per client address, in this process. */
export interface RpcLimits {
  /** Counts a whole HTTP request: `requests` are its well-formed ones, `size` how many it holds. */
  admit(request: IncomingRequests): Promise<Admission>
}

export interface IncomingRequests {
  readonly requests: readonly RpcRequest[]
  readonly size: number
  readonly identities: Identities
  readonly address: string
}

export interface Admission {
  readonly headers: Readonly<Record<string, string>>
  /** Nothing of the request may be executed. */
  readonly refusal: { readonly status: 409 | 429; readonly error: RpcError } | null
  /** To be called when the request has been answered. */
  leave(): void
}

const SECOND_MS = 1_000
/** Methods whose first parameter is a session; of others the `Authorization` header alone says who calls. */
const SESSION_METHODS = new Set(['call', 'multiCall', 'endSession'])

export function createRpcLimits({ concurrency, ...rate }: RateLimit & { concurrency: number }): RpcLimits {
  const rates = createRateLimiter(rate)
  const places = createConcurrencyLimiter(concurrency)
  return {
    async admit(incoming) {
      const costs = await costsByCaller(incoming)
      const [first = incoming.address] = costs.keys()
      const taken = takePlaces(places, [...costs.keys()])
      const leave = () => taken?.forEach((place) => place.leave())
      const rated = taken && rates ? takeTokens(rates, costs) : null
      const headers = { ...placeHeaders(places, first), ...rateHeaders(rates, [...costs.keys()]) }
      if (taken === null) return { headers, leave, refusal: { status: 409, error: TOO_MANY } }
      if (rated === null || rated.isAllowed) return { headers, leave, refusal: null }
      leave()
      // A batch larger than a burst never fits: it may come back in parts at once, which whole seconds can't say.
      const seconds = Math.max(1, Math.ceil(rated.retryAfterMs / SECOND_MS))
      const error = { code: -32029, message: rated.message, data: { retry_after: seconds } }
      return {
        headers: { ...headers, 'Retry-After': String(seconds) },
        leave,
        refusal: { status: 429, error },
      }
    },
  }
}

const TOO_MANY: RpcError = { code: -32009, message: 'Too many requests of this user at once' }

/** Tokens by whoever pays them. What is no request at all is paid by the client's address. */
async function costsByCaller(incoming: IncomingRequests): Promise<ReadonlyMap<string, number>> {
  const { requests, size, identities, address } = incoming
  const costs = new Map<string, number>()
  const charge = (caller: string, count: number) => costs.set(caller, (costs.get(caller) ?? 0) + count)
  for (const request of requests) charge(await payerOf(request, identities, address), costOf(request))
  const malformed = size - requests.length
  if (malformed > 0) charge(address, malformed)
  return costs
}

async function payerOf(request: RpcRequest, identities: Identities, address: string): Promise<string> {
  if (request.method === 'login') return address
  try {
    const caller = await identities.of(
      SESSION_METHODS.has(request.method) ? argument(request, 0, 'session') : null,
    )
    return caller.id
  } catch (error) {
    if (error instanceof RpcRefusal) return address
    throw error
  }
}

function costOf(request: RpcRequest): number {
  const calls = request.method === 'multiCall' ? argument(request, 1, 'calls') : undefined
  return Array.isArray(calls) ? Math.min(Math.max(calls.length, 1), MULTI_CALLS_MAX) : 1
}

function argument({ params }: RpcRequest, index: number, name: string): unknown {
  if (Array.isArray(params)) return (params as unknown[])[index]
  return Object.hasOwn(params, name) ? (params as Record<string, unknown>)[name] : undefined
}

/** A place for each, or null and none taken. */
function takePlaces(limiter: ConcurrencyLimiter | null, callers: readonly string[]): Place[] | null {
  if (!limiter) return []
  const taken: Place[] = []
  for (const caller of callers) {
    const place = limiter.enter(caller)
    if (!place) {
      taken.forEach((earlier) => earlier.leave())
      return null
    }
    taken.push(place)
  }
  return taken
}

interface Rated {
  readonly isAllowed: boolean
  readonly retryAfterMs: number
  readonly message: string
}

/** From everybody, or from nobody: a batch of several users that one of them can't pay costs the others nothing. */
function takeTokens(limiter: RateLimiter, costs: ReadonlyMap<string, number>): Rated {
  const verdicts = [...costs].map(([caller, count]) => limiter.peek(caller, count))
  const isAllowed = verdicts.every((verdict) => verdict.isAllowed)
  if (isAllowed) for (const [caller, count] of costs) limiter.take(caller, count)
  const largest = Math.max(...costs.values())
  return {
    isAllowed,
    retryAfterMs: Math.max(...verdicts.map((verdict) => verdict.retryAfterMs)),
    message:
      largest > limiter.burst
        ? `Too many requests: ${largest} calls in one request never fit, ${limiter.burst} are the most`
        : 'Too many requests',
  }
}

function rateHeaders(limiter: RateLimiter | null, callers: readonly string[]): Record<string, string> {
  if (!limiter) return {}
  const remaining = Math.min(...callers.map((caller) => limiter.peek(caller, 0).remaining))
  return { 'RateLimit-Limit': String(limiter.perMinute), 'RateLimit-Remaining': String(remaining) }
}

function placeHeaders(limiter: ConcurrencyLimiter | null, caller: string): Record<string, string> {
  if (!limiter) return {}
  return {
    'X-Concurrency-Limit': String(limiter.limit),
    'X-Concurrency-Current': String(limiter.current(caller)),
  }
}
