import { ApiError } from './api-error.ts'
import { Backoff } from './backoff.ts'
import type { ClientLog } from './client-log.ts'
import type { JobEnd, JobJournal } from './job-journal.ts'
import type { StationApi } from './station-api.ts'

export interface JobReportingOptions {
  readonly api: Pick<StationApi, 'report'>
  readonly journal: JobJournal
  readonly log: ClientLog
  /** How long a printer waits for the report of its last job. */
  readonly patienceMs?: number
}

const RETRY = { minMs: 500, maxMs: 30_000 }
const REST_RETRY = { minMs: 500, maxMs: 60_000 }
const PATIENCE_MS = 600_000

/**
 * Tells the server how jobs ended. What it hasn't taken stays in the journal and is told again, as long as this client and
 * those after it run: only that a job is gone, or has gone on, is an end. A key that was withdrawn, or a proxy that is being
 * set up, isn't: the paper is out, and nobody else knows.
 */
export class JobReporting {
  readonly #options: JobReportingOptions
  readonly #inHand = new Set<string>()

  constructor(options: JobReportingOptions) {
    this.#options = options
  }

  /** Until the server has taken it or refused it for good, or patience ends: then it is left to `reportRest`. */
  async report(jobId: string, end: JobEnd, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(RETRY)
    const giveUpAt = performance.now() + (this.#options.patienceMs ?? PATIENCE_MS)
    this.#inHand.add(jobId)
    try {
      while (!signal.aborted && performance.now() < giveUpAt) {
        const waitMs = await this.#tell(jobId, end, signal)
        if (waitMs === null) return
        await backoff.wait(signal, waitMs)
      }
    } finally {
      this.#inHand.delete(jobId)
    }
  }

  /** What is in the journal and in nobody's hand, until the signal aborts. Never rejects. */
  async reportRest(signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(REST_RETRY)
    while (!signal.aborted) {
      let leastMs = 0
      for (const [jobId, end] of this.#options.journal.unreported()) {
        if (hasEnded(signal) || this.#inHand.has(jobId)) continue
        const waitMs = await this.#tell(jobId, end, signal)
        if (waitMs === null) backoff.reset()
        else leastMs = Math.max(leastMs, waitMs)
      }
      await backoff.wait(signal, leastMs)
    }
  }

  /** Null when that was the last word; else how long the server wants to be left alone. */
  async #tell(jobId: string, end: JobEnd, signal: AbortSignal): Promise<number | null> {
    const { api, journal, log } = this.#options
    try {
      await api.report(jobId, end, signal)
      await journal.note(jobId, 'reported')
      return null
    } catch (error) {
      log('report not taken', { job: jobId, error: String(error) })
      if (!(error instanceof ApiError)) return 0
      if (error.failure === 'unavailable') return error.retryAfterMs
    }
    await journal.note(jobId, 'reported').catch((error: unknown) => {
      log('the journal can not be written', { job: jobId, error: String(error) })
    })
    return null
  }
}

/** Asked anew: it may have aborted meanwhile, which the type checker doesn't consider. */
function hasEnded(signal: AbortSignal): boolean {
  return signal.aborted
}
