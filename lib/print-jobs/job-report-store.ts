import { type Db, query, queryOne } from '../db/database.ts'
import type { PrintJobStatus } from './print-job.ts'

export interface LockedJob {
  readonly status: PrintJobStatus
  readonly reason: string | null
  /** Packhouse itself sends it, or will; not what a station client has in hand, whatever drives its printer by now. */
  readonly isDrivenByUs: boolean
}

/** Held until the transaction ends: of two changes at once one comes first and the other is judged after it. */
export async function lockPrintJob(trx: Db, jobId: string): Promise<LockedJob | undefined> {
  const row = await queryOne<{ status: PrintJobStatus; reason: string | null; is_driven: boolean }>(
    trx,
    `select print_jobs.status, print_jobs.reason,
       printers.connection ->> 'type' <> 'station' and print_jobs.claim_expires_at is null as is_driven
     from print_jobs join printers using (printer_id)
     where print_jobs.job_id = :jobId for update of print_jobs`,
    { jobId },
  )
  if (!row) return undefined
  // A statement of its own, which sees the attempts that were begun under that lock before.
  const isDrivenByUs = row.is_driven || (await isBeingDelivered(trx, jobId))
  return { status: row.status, reason: row.reason, isDrivenByUs }
}

/** By this or another process, also at a printer that has a station client by now. */
async function isBeingDelivered(trx: Db, jobId: string): Promise<boolean> {
  const row = await queryOne(
    trx,
    `select attempt_id from print_attempts where job_id = :jobId and outcome is null and fence is not null`,
    { jobId },
  )
  return row !== undefined
}

/** Whether the last that is known of the job is that it may have printed. Read it under the job's lock. */
export async function isOutcomeOpen(trx: Db, jobId: string): Promise<boolean> {
  const row = await queryOne<{ outcome: string | null }>(
    trx,
    'select outcome from print_attempts where job_id = :jobId order by attempt desc limit 1',
    { jobId },
  )
  return row?.outcome === 'unknown'
}

export interface ReportedState {
  readonly jobId: string
  readonly status: Exclude<PrintJobStatus, 'queued' | 'processing'>
  readonly reason: string | null
  readonly updatedBy: string
}

/** The lease and what held the job back end with it. The job is locked by the caller. */
export async function updateReportedState(trx: Db, state: ReportedState): Promise<void> {
  await query(
    trx,
    `update print_jobs
     set status = :status, reason = :reason, updated_by = :updatedBy, state_reasons = '{}', retry_at = null,
         claim_expires_at = null, updated_at = greatest(clock_timestamp(), updated_at + interval '1 millisecond')
     where job_id = :jobId`,
    { ...state },
  )
}
