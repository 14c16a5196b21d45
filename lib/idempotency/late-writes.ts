import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { isDatabaseUnavailable } from '../db/database-availability.ts'

/** Some hundred times what a process answers at once. What comes beyond is left to the end of its lease. */
const WAITING_MAX = 1_000
/** A database that is back is noticed within two seconds. */
const RETRY_MIN_MS = 100
const RETRY_MAX_MS = 2_000
/** A caller waits for the first try no longer: a pool that is all in use takes 10 s to say so. */
const FIRST_TRY_MS = 1_000

interface LateWrite {
  readonly write: () => Promise<unknown>
  /** Of `performance.now()`: then it is of no use any more. */
  readonly untilMs: number
}

/**
 * What became of requests, written down as soon as the database takes it: at once, or after an outage, behind each other, one
 * connection at a time. Each write must have no effect once its lease has gone to another request.
 */
export class LateWrites {
  readonly #log: Logger
  readonly #waiting: LateWrite[] = []
  readonly #closed = new AbortController()
  #isTrying = false

  constructor(log: Logger) {
    this.#log = log
  }

  /** Never rejects. Resolves when it is written, or after the first try or a second; the rest goes on by itself. */
  async write(write: LateWrite['write'], untilMs: number): Promise<void> {
    const waited = new AbortController()
    const first = write().catch((error: unknown) => this.#tryAgain({ write, untilMs }, error))
    const enough = delay(FIRST_TRY_MS, undefined, { ref: false, signal: waited.signal }).catch(
      () => undefined,
    )
    await Promise.race([first, enough])
    waited.abort()
  }

  /** For a write whose outcome isn't known, while the database is away. */
  soon(write: LateWrite['write'], untilMs: number): void {
    this.#add({ write, untilMs })
  }

  /** What is waiting is left to the end of its lease. */
  close(): void {
    this.#closed.abort()
    if (this.#waiting.length > 0) this.#log.warn({ waiting: this.#waiting.length }, UNRECORDED)
    this.#waiting.length = 0
  }

  #tryAgain(late: LateWrite, error: unknown): void {
    if (isDatabaseUnavailable(error)) this.#add(late)
    else this.#log.warn({ err: error }, UNRECORDED)
  }

  #add(late: LateWrite): void {
    if (this.#closed.signal.aborted) return
    if (this.#waiting.length >= WAITING_MAX) {
      this.#log.warn({ waiting: this.#waiting.length }, UNRECORDED)
      return
    }
    this.#waiting.push(late)
    if (!this.#isTrying) void this.#keepTrying()
  }

  async #keepTrying(): Promise<void> {
    this.#isTrying = true
    const { signal } = this.#closed
    for (let waitMs = RETRY_MIN_MS; this.#waiting.length > 0; waitMs = Math.min(waitMs * 2, RETRY_MAX_MS)) {
      const jittered = waitMs * (0.5 + Math.random() / 2)
      await delay(jittered, undefined, { ref: false, signal }).catch(() => undefined)
      await this.#writeAll()
    }
    this.#isTrying = false
  }

  /** Until the database is away again. */
  async #writeAll(): Promise<void> {
    for (let late = this.#waiting[0]; late; late = this.#waiting[0]) {
      try {
        if (performance.now() < late.untilMs) await late.write()
      } catch (error) {
        if (isDatabaseUnavailable(error)) return
        this.#log.warn({ err: error }, UNRECORDED)
      }
      this.#waiting.shift()
    }
  }
}

const UNRECORDED = 'an idempotency key could not be recorded'
