import { type Db, query, queryOne } from '../db/database.ts'
import type { PrintJobStatus } from './print-job.ts'

export interface LockedJob {
  readonly status: PrintJobStatus
  readonly reason: string | null
  readonly isDrivenByUs: boolean
}

/** Held until the transaction ends: of two changes at once one comes first and the other is judged after it. */
export async function lockPrintJob(trx: Db, jobId: string): Promise<LockedJob | undefined> {
  const row = await queryOne<{ status: PrintJobStatus; reason: string | null; is_driven: boolean }>(
    trx,
    `select print_jobs.status, print_jobs.reason, printers.connection ->> 'type' <> 'station' as is_driven
     from print_jobs join printers using (printer_id)
     where print_jobs.job_id = :jobId for update of print_jobs`,
    { jobId },
  )
  return row && { status: row.status, reason: row.reason, isDrivenByUs: row.is_driven }
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
