import { type Db, query, queryOne } from '../db/database.ts'
import type { ClosedAttempt } from './attempt.ts'
import type { Lease } from './lease-store.ts'
import type { Claim } from './ledger-store.ts'

/** An attempt whose process ended after the mark, now this process's to settle: the printer may tell what became of it. */
export interface Interruption {
  readonly claim: Claim
  readonly deviceJobId: number | null
  readonly bytesOffered: number
  readonly bytesWritten: number
}

interface InterruptionRow {
  job_id: string
  attempt_id: string
  fence: string
  tries: number
  is_answered: boolean
  device_job_id: number | null
  bytes_offered: string
  bytes_written: string
}

/**
 * The printer's marked attempt that an earlier holder of the lease left open, when the printer can be asked about it. It
 * gets the new fence, so that the earlier holder can't write its outcome any more. A printer has one at most.
 */
export async function adoptInterrupted(trx: Db, lease: Lease): Promise<Interruption | undefined> {
  const row = await queryOne<InterruptionRow>(
    trx,
    `update print_attempts set fence = :fence, process_number = :processNumber
     from print_jobs, printers
     where print_attempts.printer_id = :printerId and print_attempts.outcome is null
       and print_attempts.fence < :fence and print_attempts.sending_at is not null
       and print_jobs.job_id = print_attempts.job_id
       and printers.printer_id = print_attempts.printer_id and printers.connection ->> 'type' = 'ipp'
     returning print_attempts.job_id, print_attempts.attempt_id, print_attempts.fence, print_jobs.tries,
       print_jobs.is_answered, print_attempts.device_job_id, print_attempts.bytes_offered,
       print_attempts.bytes_written`,
    { ...lease },
  )
  return row && toInterruption(row)
}

const STOPPED_BEFORE_SENDING = 'the server stopped before the first byte'

/** Attempts that an earlier holder of the lease left without an outcome and that nobody can be asked about. */
export async function endAbandonedAttempts(trx: Db, lease: Lease): Promise<readonly ClosedAttempt[]> {
  const rows = await query<{ job_id: string; outcome: 'not_sent' | 'unknown'; traceparent: string | null }>(
    trx,
    `update print_attempts
     set ended_at = clock_timestamp(),
         outcome = case when sending_at is null then 'not_sent' else 'unknown' end,
         detail = case when sending_at is null then :stoppedBefore
                       else 'the server stopped after the first byte' end
     where printer_id = :printerId and outcome is null and fence < :fence
     returning job_id, outcome,
       (select traceparent from print_jobs where print_jobs.job_id = print_attempts.job_id) as traceparent`,
    { ...lease, stoppedBefore: STOPPED_BEFORE_SENDING },
  )
  const { printerId } = lease
  return rows.map(({ job_id: jobId, outcome, traceparent }) => ({ jobId, printerId, outcome, traceparent }))
}

/** How many of the job's attempts, the last one and those right before it, ended since the server stopped before the first byte. */
export async function countStopsInARow(trx: Db, jobId: string): Promise<number> {
  const row = await queryOne<{ count: number }>(
    trx,
    `select count(*)::integer as count from print_attempts
     where job_id = :jobId and attempt > coalesce((
       select max(attempt) from print_attempts where job_id = :jobId and detail is distinct from :stoppedBefore), 0)`,
    { jobId, stoppedBefore: STOPPED_BEFORE_SENDING },
  )
  return row?.count ?? 0
}

function toInterruption(row: InterruptionRow): Interruption {
  return {
    claim: {
      jobId: row.job_id,
      attemptId: row.attempt_id,
      fence: row.fence,
      tries: row.tries,
      isAnswered: row.is_answered,
    },
    deviceJobId: row.device_job_id,
    bytesOffered: Number(row.bytes_offered),
    bytesWritten: Number(row.bytes_written),
  }
}
