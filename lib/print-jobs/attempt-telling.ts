import type { Logger } from 'pino'
import type { Db } from '../db/database.ts'
import type { DeliveryOutcome } from '../delivery/driver.ts'
import type { Observe } from '../observation.ts'
import { traceIdOf } from '../trace-context.ts'
import type { ClosedAttempt } from './attempt.ts'
import { type AttemptEnd, type Claim, findAttemptEnd } from './ledger-store.ts'

/** Tells metrics and the log of the ledger's lines, once what it tells is committed. Nothing of it rejects. */
export interface AttemptTelling {
  /** How a delivery ended, as it was to be written: its line was closed so, or the ledger refused the outcome. */
  ended(claim: Claim, end: AttemptEnd, isClosed: boolean): Promise<void>
  /** Lines that were closed for those who can't close them any more. `message` is a constant. */
  givenUp(attempts: readonly ClosedAttempt[], message: string): void
}

export function createAttemptTelling(options: {
  readonly db: Db
  readonly observe: Observe
  readonly log: Logger
}): AttemptTelling {
  const { db, observe, log } = options
  const closed = (outcome: DeliveryOutcome) => observe({ what: 'attempt', outcome })

  return {
    async ended(claim, { outcome, detail }, isClosed) {
      if (isClosed) return closed(outcome)
      const { jobId, attemptId, fence } = claim
      try {
        const found = await findAttemptEnd(db, attemptId)
        // The answer to an earlier try was lost: that one wrote it.
        const isOwn = found?.fence === fence && found.detail === detail
        if (isOwn && found.outcome === outcome) return closed(outcome)
        const { printerId, outcome: ledger, traceparent = null } = found ?? {}
        const line = { jobId, printerId, outcome, detail, ledger, traceId: traceIdOf(traceparent) }
        log.warn(line, 'an outcome was refused by the ledger')
      } catch (error) {
        log.warn({ err: error, jobId, outcome, detail }, 'an outcome was refused by the ledger')
      }
    },

    givenUp(attempts, message) {
      for (const { jobId, printerId, outcome, traceparent } of attempts) {
        closed(outcome)
        log.warn({ jobId, printerId, outcome, traceId: traceIdOf(traceparent) }, message)
      }
    },
  }
}
