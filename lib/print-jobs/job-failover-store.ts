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

/**
 * True when nothing of it has been sent: it is queued at that printer, no process has claimed it, and nobody waits to hear
 * that it came out there.
 */
export async function lockMovable(trx: Db, jobId: string, printerId: string): Promise<boolean> {
  const row = await queryOne(
    trx,
    `select job_id from print_jobs
     where job_id = :jobId and printer_id = :printerId::uuid and status = 'queued' and not is_answered for update`,
    { jobId, printerId },
  )
  if (row === undefined) return false
  // A statement of its own, which sees the attempts that were begun under that lock before.
  const sent = await queryOne(
    trx,
    `select attempt_id from print_attempts
     where job_id = :jobId and outcome is distinct from 'not_sent' limit 1`,
    { jobId },
  )
  return sent === undefined
}

export interface JobMove {
  readonly jobId: string
  readonly printerId: string
  /** All that the job has from now on; the last one tells where the paper comes out. */
  readonly warnings: readonly string[]
  readonly updatedBy: string
}

/**
 * To another printer, where it keeps its place by age. Its tries begin anew. False when that printer was removed meanwhile:
 * whoever removes one cancels its queue, and must see this job in it.
 */
export async function moveToPrinter(trx: Db, move: JobMove): Promise<boolean> {
  const row = await queryOne(
    trx,
    `with target as (
       select printer_id, station_id from printers
       where printer_id = :printerId::uuid and deleted_at is null for share
     )
     update print_jobs
     set printer_id = target.printer_id, station_id = target.station_id, tries = 0, retry_at = null,
         state_reasons = '{}', warnings = :warnings::text[], updated_by = :updatedBy,
         updated_at = greatest(clock_timestamp(), print_jobs.updated_at + interval '1 millisecond')
     from target
     where print_jobs.job_id = :jobId
     returning print_jobs.job_id`,
    { ...move },
  )
  return row !== undefined
}

/**
 * The job and those it must stay together with: all of its package and print target that wait or are being printed, in
 * the order of their creation. A job that no confirmation made stands alone.
 */
export async function listPacket(
  trx: Db,
  jobId: string,
): Promise<readonly { readonly jobId: string; readonly printerId: string }[]> {
  const rows = await query<{ job_id: string; printer_id: string }>(
    trx,
    `select job_id, printer_id from (
       select job_id, printer_id, queue_position from print_jobs
       where job_id = :jobId::text and status in ('queued', 'processing')
       union
       select mate.job_id, mate.printer_id, mate.queue_position
       from print_jobs as own
       join confirmations as mine on mine.confirmation_id = own.confirmation_id
       join confirmations as other on other.package_id = mine.package_id
       join print_jobs as mate on mate.instruction_id = other.instruction_id
         and mate.confirmation_id = other.confirmation_id
         and mate.print_target is not distinct from own.print_target
       where own.job_id = :jobId::text and mate.status in ('queued', 'processing')
     ) as packet
     order by queue_position`,
    { jobId },
  )
  return rows.map((row) => ({ jobId: row.job_id, printerId: row.printer_id }))
}

/** Those among the stations whose client has called lately: where none ever did, nobody would fetch a job. */
export async function listAttended(trx: Db, stationIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await query<{ station_id: string }>(
    trx,
    `select station_id from stations
     where station_id = any(:stationIds::text[]) and last_seen_at > now() - interval '90 seconds'`,
    { stationIds },
  )
  return new Set(rows.map((row) => row.station_id))
}
