/** Integrators and packers as they call: each waits its turn, and asks again what may have failed on the way. */
import { randomUUID } from 'node:crypto'
import type { HttpClient, HttpRequest } from './http-client.ts'
import { type Patience, sendPatiently } from './patience.ts'
import type { Timings } from './timings.ts'

/** A call that was refused, or got no answer however often it was made. `Timings` has it among what was refused. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed'
}

/** Its turn came when it wasn't wanted any more: it was never sent. */
export class TooLate extends Error {
  override readonly name = 'TooLate'
}

export interface CallOptions {
  /** Asked when its turn has come; it isn't sent, and throws TooLate, when not. */
  isWanted?(): boolean
  /** The fault that says that it was done before: no refusal to a call whose first answer was lost. It answers undefined. */
  readonly faultOfDone?: number
}

export interface RpcUser {
  // biome-ignore lint/suspicious/noExplicitAny: whoever calls knows what comes
  call<Result = any>(path: string, args: readonly unknown[], options?: CallOptions): Promise<Result>
}

/** As many calls at once as the server lets one user make (`RPC_CONCURRENCY`). */
const CALLS_AT_ONCE = 5
const FAULT_BASE = -32_000
const ERROR_LENGTH_MAX = 200

interface Parts {
  readonly http: HttpClient
  readonly timings: Timings
}

interface RpcAnswer {
  readonly result?: unknown
  readonly error?: { readonly code: number }
}

export async function signIn(
  { http, timings }: Parts,
  { username, api_key }: { readonly username: string; readonly api_key: string },
): Promise<RpcUser> {
  const gate = new Gate(CALLS_AT_ONCE)
  const send = async (
    name: string,
    { method, params }: { readonly method: string; readonly params: readonly unknown[] },
    faultOfDone?: number,
  ) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const request: HttpRequest = { method: 'POST', path: '/api/jsonrpc', body }
    const { answer, wasLost } = await patiently(http, { timings, name }, request)
    const { result, error } = JSON.parse(answer.bytes.toString()) as RpcAnswer
    if (!error) return result
    if (wasLost && faultOfDone !== undefined && error.code === FAULT_BASE - faultOfDone) return undefined
    throw refused(timings, name, JSON.stringify(error))
  }
  const session = await send('login', { method: 'login', params: [username, api_key] })
  return {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    call: (path, args, { isWanted = () => true, faultOfDone } = {}): Promise<any> =>
      gate.pass(async () => {
        if (!isWanted()) throw new TooLate(`${path}: it is too late`)
        return send(path, { method: 'call', params: [session, path, args] }, faultOfDone)
      }),
  }
}

/** A REST caller with a key of its own. Answers `data`. */
export interface RestUser {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  get<Data = any>(path: string): Promise<Data>
  /** With an idempotency key, so that asking again makes no second one. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  post<Data = any>(path: string, body: object, idempotencyKey?: string): Promise<Data>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  page<Item = any>(path: string): Promise<Page<Item>>
}

export interface Page<Item> {
  readonly data: Item[]
  readonly pagination: { readonly total_count: number; readonly has_more: boolean }
}

export function restUser({ http, timings }: Parts, apiKey: string): RestUser {
  const send = async (request: HttpRequest) => {
    const name = `${request.method ?? 'GET'} ${nameOf(request.path)}`
    const headers = { 'px-api-key': apiKey, 'content-type': 'application/json', ...request.headers }
    const { answer } = await patiently(http, { timings, name }, { ...request, headers })
    if (answer.status < 300) return JSON.parse(answer.bytes.toString())
    throw refused(timings, name, `HTTP ${answer.status} ${answer.bytes.toString()}`)
  }
  return {
    get: async (path) => (await send({ path })).data,
    page: (path) => send({ path }),
    post: async (path, body, idempotencyKey = randomUUID()) =>
      (
        await send({
          method: 'POST',
          path,
          body: JSON.stringify(body),
          headers: { 'idempotency-key': idempotencyKey },
        })
      ).data,
  }
}

async function patiently(http: HttpClient, patience: Patience, request: HttpRequest) {
  const sent = await sendPatiently(http, patience, request)
  if (sent) return sent
  throw refused(patience.timings, patience.name, 'given up')
}

function refused(timings: Timings, name: string, why: string): CallFailed {
  const message = `${name}: ${why.slice(0, ERROR_LENGTH_MAX)}`
  timings.refuse(message)
  return new CallFailed(message)
}

/** `/v1/cloud-printing/jobs/prnt_job_…?x` is `/v1/cloud-printing/jobs/:id`. */
function nameOf(path: string): string {
  return path.replace(/\?.*/, '').replace(/\/(prnt_job|prnt_stn|loc|key|usr|doc|whk)_\w+/g, '/:id')
}

/** So many at once; the rest wait in line. */
class Gate {
  #free: number
  readonly #line: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#line.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#line.shift()
      if (next) next()
      else this.#free += 1
    }
  }
}
