import { type Db, query, queryOne } from '../db/database.ts'

/** Jobs of a queue that another printer could have been chosen for when they were made, in their order. */
export async function listMovable(db: Db, printerId: string, limit: number): Promise<string[]> {
  const rows = await query<{ job_id: string }>(
    db,
    `select job_id from print_jobs
     where printer_id = :printerId::uuid and status = 'queued' and not is_answered
       and exists (
         select from jsonb_array_elements(routing -> 'candidates') as candidate
         where candidate ->> 'isEligible' = 'true' and candidate -> 'printer' ->> 'id' <> :printerId::text)
     order by queue_position limit :limit::integer`,
    { printerId, limit },
  )
  return rows.map((row) => row.job_id)
}

/** True when nothing of it has been sent: it is queued at that printer, and no process has claimed it. */
export async function lockMovable(trx: Db, jobId: string, printerId: string): Promise<boolean> {
  const row = await queryOne(
    trx,
    `select job_id from print_jobs
     where job_id = :jobId and printer_id = :printerId::uuid and status = 'queued' for update`,
    { jobId, printerId },
  )
  if (row === undefined) return false
  // A statement of its own, which sees the attempts that were begun under that lock before.
  const running = await queryOne(
    trx,
    'select attempt_id from print_attempts where job_id = :jobId and outcome is null limit 1',
    { jobId },
  )
  return running === undefined
}

/** To another printer, where it keeps its place by age. Its tries begin anew; the warning tells where the paper comes out. */
export async function moveToPrinter(
  trx: Db,
  move: { readonly jobId: string; readonly printerId: string; readonly warning: string },
): Promise<void> {
  await query(
    trx,
    `update print_jobs
     set printer_id = printers.printer_id, station_id = printers.station_id, tries = 0, retry_at = null,
         state_reasons = '{}', warnings = array_append(warnings, :warning),
         updated_at = greatest(clock_timestamp(), print_jobs.updated_at + interval '1 millisecond')
     from printers
     where print_jobs.job_id = :jobId and printers.printer_id = :printerId::uuid`,
    { ...move },
  )
}
