import type { DeliveryOutcome } from '../delivery/driver.ts'
import { traceIdOf } from '../trace-context.ts'
import type { PrintJob } from './print-job.ts'

export const ATTEMPT_OUTCOMES = [
  'not_sent',
  'sent',
  'confirmed',
  'unknown',
] as const satisfies readonly DeliveryOutcome[]

/** A line of the ledger that has just been closed. */
export interface ClosedAttempt {
  readonly jobId: string
  readonly printerId: string
  readonly outcome: DeliveryOutcome
  /** Of the job. */
  readonly traceparent: string | null
}

/** A line of the ledger: contracts/cloud-printing.md, section 3, "Attempts". */
export interface PrintAttempt {
  /** From 1, by job. */
  readonly attempt: number
  readonly printer: { readonly printerId: string; readonly name: string; readonly model: string | null }
  readonly startedAt: Date
  /** Null while it runs, as is `outcome`. */
  readonly endedAt: Date | null
  readonly bytesOffered: number
  readonly bytesWritten: number
  readonly outcome: DeliveryOutcome | null
  readonly detail: string | null
}

/** For the log: whoever follows a request finds by its trace who had the paper in hand. */
export function attemptOf({
  jobId,
  printer,
  traceparent,
}: PrintJob): Readonly<Record<string, string | undefined>> {
  return { jobId, printerId: printer.printerId, traceId: traceIdOf(traceparent) }
}
