/** Asking again while the server is busy or a connection breaks, for as long as a person would. */
import { setTimeout as delay } from 'node:timers/promises'
import type { HttpAnswer, HttpClient, HttpRequest } from './http-client.ts'
import type { Timings } from './timings.ts'

/** `name`: how its time is told. */
export interface Patience {
  readonly timings: Timings
  readonly name: string
}

export interface Answered {
  readonly answer: HttpAnswer
  /** An earlier answer was lost: the server may have done it then. */
  readonly wasLost: boolean
}

const TRIES_MAX = 30
const RETRY_MS = 200
const RETRY_MAX_MS = 5_000
const SECOND_MS = 1_000

/** Sends until there is an answer that is no matter of load; undefined after thirty tries. */
export async function sendPatiently(
  http: HttpClient,
  { timings, name }: Patience,
  request: HttpRequest,
): Promise<Answered | undefined> {
  let wasLost = false
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const startedAt = performance.now()
    let waitMs = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** (tries - 1)) * (0.5 + Math.random() / 2)
    try {
      const answer = await http.send(request)
      const busy = busynessOf(answer)
      if (busy === null) {
        timings.record(name, performance.now() - startedAt)
        return { answer, wasLost }
      }
      timings.trouble(name, busy.why)
      if (busy.requestId !== undefined) {
        timings.internal(busy.requestId, name)
        wasLost = true
      }
      waitMs = Math.max(waitMs, Number(answer.headers['retry-after'] ?? 0) * SECOND_MS)
    } catch (error) {
      wasLost = true
      timings.trouble(name, error instanceof Error ? error.message : String(error))
    }
    if (tries < TRIES_MAX) await delay(waitMs)
  }
  return undefined
}

interface Busyness {
  readonly why: string
  /** Of fault 1: whether it meant busyness, the server's log says. */
  readonly requestId?: string
}

const BUSY_STATUSES = new Set([429, 503])
/** Of 409: RPC has too many large requests of that user, REST the same idempotency key at work. */
const CROWDED = /"code":(-32009|"idempotency_in_progress")/
/** The limit of a document counts by the clock, and these are small ones: it is the processor that was late. */
const SLOW_READING = /the document took longer than \d+ s to read/
const FAULT_1 = /"error":\{"code":-32001\b.*"request_id":"([^"]*)"/
const FAULT_BYTES_MAX = 1_000

function busynessOf({ status, bytes }: HttpAnswer): Busyness | null {
  if (BUSY_STATUSES.has(status)) return { why: `HTTP ${status}` }
  if (bytes.length > FAULT_BYTES_MAX) return null
  const text = bytes.toString()
  if (status === 409 && CROWDED.test(text)) return { why: 'HTTP 409' }
  if (SLOW_READING.test(text)) return { why: 'a document took too long to read' }
  const requestId = FAULT_1.exec(text)?.[1]
  return requestId === undefined ? null : { why: 'fault 1', requestId }
}
