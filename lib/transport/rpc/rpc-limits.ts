import { MULTI_CALLS_MAX } from '../../../schemas/endpoint-methods.ts'
import { type ConcurrencyLimiter, createConcurrencyLimiter, type Place } from '../http/concurrency-limiter.ts'
import { createRateLimiter, type RateLimit, type RateLimiter } from '../http/rate-limiter.ts'
import { argumentOf } from './rpc-arguments.ts'
import type { RpcRequest } from './rpc-envelope.ts'
import { RPC_ERRORS, type RpcError, RpcRefusal } from './rpc-error.ts'
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
  const rates = createRates(rate)
  const places = createConcurrencyLimiter(concurrency)
  return {
    async admit(incoming) {
      const bill = await readBill(incoming, rates)
      const payers = bill.costs.map(({ payer }) => payer)
      const [first = incoming.address] = payers.map(({ name }) => name)
      const taken = takePlaces(
        places,
        payers.map(({ name }) => name),
      )
      const leave = () => taken?.forEach((place) => place.leave())
      const rated = taken && rates ? takeTokens(rates, bill) : null
      const headers = { ...placeHeaders(places, first), ...rateHeaders(rates, payers) }
      if (taken === null) return { headers, leave, refusal: { status: 409, error: RPC_ERRORS.userCrowded } }
      if (rated === null || rated.isAllowed) return { headers, leave, refusal: null }
      leave()
      // A batch larger than a burst never fits: it may come back in parts at once, which whole seconds can't say.
      const seconds = Math.max(1, Math.ceil(rated.retryAfterMs / SECOND_MS))
      const error = { ...RPC_ERRORS.tooMany, message: rated.message, data: { retry_after: seconds } }
      return {
        headers: { ...headers, 'Retry-After': String(seconds) },
        leave,
        refusal: { status: 429, error },
      }
    },
  }
}

/** Apart, so that however many addresses there are, no user's bucket is forgotten and comes back full. */
type Rates = Readonly<Record<Payer['kind'], RateLimiter>>

function createRates(limit: RateLimit): Rates | null {
  const [user, address] = [createRateLimiter(limit), createRateLimiter(limit)]
  return user && address && { user, address }
}

interface Payer {
  readonly kind: 'user' | 'address'
  /** The id of the user, or the address. */
  readonly name: string
}

interface Cost {
  readonly payer: Payer
  readonly count: number
  /** Of these, what has been taken already. */
  readonly paid: number
}

interface Bill {
  /** One for each payer. */
  readonly costs: readonly Cost[]
  /** The address couldn't pay: the last requests haven't been looked at, so nothing may be executed. */
  readonly isCut: boolean
}

/**
 * Who pays how much. What is no request at all is paid by the client's address, and so is each session or key that
 * names nobody, at once: fifty of them aren't looked up for an address that has no tokens left.
 */
async function readBill(incoming: IncomingRequests, rates: Rates | null): Promise<Bill> {
  const { requests, size, identities, address: name } = incoming
  const address: Payer = { kind: 'address', name }
  const costs = new Map<string, Cost>()
  const charge = (payer: Payer, count: number, isPaid = false) => {
    const so = costs.get(payer.name) ?? { payer, count: 0, paid: 0 }
    costs.set(payer.name, { payer, count: so.count + count, paid: so.paid + (isPaid ? count : 0) })
  }
  const pays = (count: number): boolean => rates?.address.take(name, count).isAllowed ?? true
  let isCut = false
  for (const request of requests) {
    const count = costOf(request)
    const user: Payer | null =
      isCut || request.method === 'login' ? address : await userOf(request, identities)
    const isPaid: boolean = user === null && pays(count)
    isCut ||= user === null && !isPaid
    charge(user ?? address, count, isPaid)
  }
  const malformed = size - requests.length
  if (malformed > 0) charge(address, malformed)
  return { costs: [...costs.values()], isCut }
}

/** Null where nobody is named. */
async function userOf(request: RpcRequest, identities: Identities): Promise<Payer | null> {
  try {
    const caller = await identities.of(
      SESSION_METHODS.has(request.method) ? argumentOf(request, 0, 'session') : null,
    )
    return { kind: 'user', name: caller.id }
  } catch (error) {
    if (error instanceof RpcRefusal) return null
    throw error
  }
}

function costOf(request: RpcRequest): number {
  const calls = request.method === 'multiCall' ? argumentOf(request, 1, 'calls') : undefined
  return Array.isArray(calls) ? Math.min(Math.max(calls.length, 1), MULTI_CALLS_MAX) : 1
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
function takeTokens(rates: Rates, { costs, isCut }: Bill): Rated {
  const verdicts = costs.map(({ payer, count, paid }) => rates[payer.kind].peek(payer.name, count - paid))
  const isAllowed = !isCut && verdicts.every((verdict) => verdict.isAllowed)
  if (isAllowed) for (const { payer, count, paid } of costs) rates[payer.kind].take(payer.name, count - paid)
  const largest = Math.max(...costs.map(({ count }) => count))
  const { burst } = rates.user
  return {
    isAllowed,
    retryAfterMs: Math.max(...verdicts.map((verdict) => verdict.retryAfterMs)),
    message:
      largest > burst
        ? `Too many requests: ${largest} calls in one request never fit, ${burst} are the most`
        : RPC_ERRORS.tooMany.message,
  }
}

function rateHeaders(rates: Rates | null, payers: readonly Payer[]): Record<string, string> {
  if (!rates) return {}
  const remaining = Math.min(...payers.map(({ kind, name }) => rates[kind].peek(name, 0).remaining))
  return { 'RateLimit-Limit': String(rates.user.perMinute), 'RateLimit-Remaining': String(remaining) }
}

function placeHeaders(limiter: ConcurrencyLimiter | null, caller: string): Record<string, string> {
  if (!limiter) return {}
  return {
    'X-Concurrency-Limit': String(limiter.limit),
    'X-Concurrency-Current': String(limiter.current(caller)),
  }
}
