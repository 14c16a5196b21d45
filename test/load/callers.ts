/** Integrators and packers as they call: each waits its turn, and asks again what may have failed on the way. */
import { setTimeout as delay } from 'node:timers/promises'
import type { HttpAnswer, HttpClient, HttpRequest } from './http-client.ts'
import type { Timings } from './timings.ts'

const TRIES_MAX = 30
const RETRY_MS = 200
const RETRY_MAX_MS = 5_000
const SECOND_MS = 1_000
/** What may go away by itself: too much at once, a server that is busy. */
const RETRIED = new Set([409, 429, 503])

export const GIVEN_UP = 'given up'

export class CallFailed extends Error {
  override readonly name = 'CallFailed'
}

/** What JSON-RPC says where REST says 503: there was no connection to the database for ten seconds. */
const FAULT_1 = /"error":\{"code":-32001\b/
const FAULT_BYTES_MAX = 1_000

function busynessOf({ status, bytes }: HttpAnswer): string | null {
  if (RETRIED.has(status)) return `HTTP ${status}`
  return bytes.length <= FAULT_BYTES_MAX && FAULT_1.test(bytes.toString()) ? 'fault 1' : null
}

/** Sends until there is an answer that is no matter of load. `name`: how its time is told. */
export async function sendPatiently(
  http: HttpClient,
  { timings, name }: { readonly timings: Timings; readonly name: string },
  request: HttpRequest,
): Promise<HttpAnswer> {
  for (let tries = 1; ; tries += 1) {
    const startedAt = performance.now()
    let waitMs = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** (tries - 1)) * (0.5 + Math.random() / 2)
    try {
      const answer = await http.send(request)
      const busy = busynessOf(answer)
      if (busy === null) {
        timings.record(name, performance.now() - startedAt)
        return answer
      }
      timings.trouble(name, busy)
      waitMs = Math.max(waitMs, Number(answer.headers['retry-after'] ?? 0) * SECOND_MS)
    } catch (error) {
      timings.trouble(name, error instanceof Error ? error.message : String(error))
    }
    if (tries >= TRIES_MAX) {
      timings.trouble(name, GIVEN_UP)
      throw new CallFailed(`${name}: no answer in ${tries} tries`)
    }
    await delay(waitMs)
  }
}

/** `isWanted`: asked when its turn has come; it isn't sent, and throws CallFailed, when not. */
export interface RpcUser {
  // biome-ignore lint/suspicious/noExplicitAny: whoever calls knows what comes
  call<Result = any>(path: string, args: readonly unknown[], isWanted?: () => boolean): Promise<Result>
}

/** As many calls at once as the server lets one user make (`RPC_CONCURRENCY`). */
const CALLS_AT_ONCE = 5

export async function signIn(
  { http, timings }: { readonly http: HttpClient; readonly timings: Timings },
  { username, api_key }: { readonly username: string; readonly api_key: string },
): Promise<RpcUser> {
  const gate = new Gate(CALLS_AT_ONCE)
  const send = async (name: string, method: string, params: readonly unknown[]) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const answer = await sendPatiently(
      http,
      { timings, name },
      { method: 'POST', path: '/api/jsonrpc', body },
    )
    const { result, error } = JSON.parse(answer.bytes.toString()) as { result?: unknown; error?: object }
    if (!error) return result
    timings.trouble(name, JSON.stringify(error).slice(0, 200))
    throw new CallFailed(`${name}: ${JSON.stringify(error)}`)
  }
  const session = await send('login', 'login', [username, api_key])
  return {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    call: (path, args, isWanted = () => true): Promise<any> =>
      gate.pass(async () => {
        if (!isWanted()) throw new CallFailed(`${path}: it is too late`)
        return send(path, 'call', [session, path, args])
      }),
  }
}

/** A REST caller with a key of its own. Answers `data`. */
export interface RestUser {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  get<Data = any>(path: string): Promise<Data>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  post<Data = any>(path: string, body: object, idempotencyKey?: string): Promise<Data>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  page(path: string): Promise<{ readonly data: any[]; readonly pagination: { readonly total_count: number } }>
}

export function restUser(
  { http, timings }: { readonly http: HttpClient; readonly timings: Timings },
  apiKey: string,
): RestUser {
  const send = async (request: HttpRequest) => {
    const name = `${request.method ?? 'GET'} ${nameOf(request.path)}`
    const headers = { 'px-api-key': apiKey, 'content-type': 'application/json', ...request.headers }
    const answer = await sendPatiently(http, { timings, name }, { ...request, headers })
    const envelope = JSON.parse(answer.bytes.toString())
    if (answer.status < 300) return envelope
    timings.trouble(name, `HTTP ${answer.status} ${envelope.code}`)
    throw new CallFailed(`${name}: ${answer.bytes.toString().slice(0, 500)}`)
  }
  return {
    get: async (path) => (await send({ path })).data,
    page: (path) => send({ path }),
    post: async (path, body, idempotencyKey) =>
      (
        await send({
          method: 'POST',
          path,
          body: JSON.stringify(body),
          ...(idempotencyKey !== undefined && { headers: { 'idempotency-key': idempotencyKey } }),
        })
      ).data,
  }
}

/** `/v1/cloud-printing/jobs/prnt_job_…?x` is `/v1/cloud-printing/jobs/:id`. */
function nameOf(path: string): string {
  return path.replace(/\?.*/, '').replace(/\/(prnt_job|prnt_stn|loc|key|usr|doc)_\w+/g, '/:id')
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
