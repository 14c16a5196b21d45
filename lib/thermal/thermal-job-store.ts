import { type Db, query, queryOne } from '../db/database.ts'

/** How a job ended; `reason` is null for one that printed. */
export interface JobEnd {
  readonly jobId: string
  readonly status: 'completed' | 'failed' | 'canceled'
  readonly reason: string | null
}

/** Those among the jobs, and the commands to printers, that have ended. */
export async function listJobEnds(db: Db, jobIds: readonly string[]): Promise<readonly JobEnd[]> {
  const rows = await query<{ job_id: string; status: JobEnd['status']; reason: string | null }>(
    db,
    `select job_id, status, reason from print_jobs
     where job_id = any(:jobIds::text[]) and status in ('completed', 'failed', 'canceled')
     union all
     select command_id, status, reason from printer_commands
     where command_id = any(:jobIds::text[]) and status in ('completed', 'failed', 'canceled')`,
    { jobIds },
  )
  return rows.map((row) => ({ jobId: row.job_id, status: row.status, reason: row.reason }))
}

/** What makes a message a repetition. */
export interface RepeatKey {
  readonly callerId: string
  readonly thermalJobId: string
}

/**
 * The job that the message printed within the last 24 hours, unless it is known to have failed. Of several at once the
 * others wait until the transaction of the first is over.
 */
export async function findRepeatedJob(trx: Db, key: RepeatKey): Promise<string | undefined> {
  await query(trx, `select pg_advisory_xact_lock(hashtextextended(:lockName::text, 0))`, {
    lockName: `thermal ${key.callerId} ${key.thermalJobId}`,
  })
  const row = await queryOne<{ job_id: string }>(
    trx,
    `select thermal_repeats.job_id from thermal_repeats
     join print_jobs on print_jobs.job_id = thermal_repeats.job_id
     where thermal_repeats.caller_id = :callerId::text and thermal_repeats.thermal_job_id = :thermalJobId::text
       and thermal_repeats.created_at > clock_timestamp() - interval '24 hours'
       and print_jobs.status not in ('failed', 'canceled')`,
    { ...key },
  )
  return row?.job_id
}

/** Forgets some that are too old to matter, so that the table stays as long as a day. */
export async function rememberRepeat(trx: Db, key: RepeatKey, jobId: string): Promise<void> {
  await query(
    trx,
    `insert into thermal_repeats (caller_id, thermal_job_id, job_id, created_at)
     values (:callerId::text, :thermalJobId::text, :jobId::text, clock_timestamp())
     on conflict on constraint thermal_repeats_pkey do update
       set job_id = excluded.job_id, created_at = excluded.created_at`,
    { ...key, jobId },
  )
  await query(
    trx,
    `delete from thermal_repeats where (caller_id, thermal_job_id) in (
       select caller_id, thermal_job_id from thermal_repeats
       where created_at < (select clock_timestamp() - interval '25 hours')
       order by created_at limit 10 for update skip locked)`,
  )
}

/** A copy that is made when its job is done. */
export interface CopyOrder {
  readonly printerId: string
  readonly documentId: string
  /** PNG, for virtual printers. */
  readonly picture: Buffer | null
}

export async function insertCopies(trx: Db, jobId: string, copies: readonly CopyOrder[]): Promise<void> {
  for (const [position, copy] of copies.entries()) {
    await query(
      trx,
      `insert into thermal_copies (job_id, position, printer_id, document_id, picture)
       values (:jobId::text, :position::integer, :printerId::uuid, :documentId::text, :picture::bytea)`,
      { ...copy, jobId, position },
    )
  }
}

export interface DueCopy extends CopyOrder {
  /** Of the job that it copies. */
  readonly name: string
  readonly documentType: string | null
  readonly createdBy: string
  readonly userName: string
}

interface CopyRow {
  printer_id: string
  document_id: string
  picture: Buffer | null
  name: string
  resource_document: string | null
  created_by: string
  user_name: string
  status: string
}

/** Takes them out: each copy is made once, whoever comes first. Those of a job that did not print are taken and not answered. */
export async function takeDueCopies(trx: Db, jobId: string): Promise<readonly DueCopy[]> {
  const rows = await query<CopyRow>(
    trx,
    `delete from thermal_copies using print_jobs
     where thermal_copies.job_id = :jobId::text and print_jobs.job_id = thermal_copies.job_id
       and print_jobs.status in ('completed', 'failed', 'canceled')
     returning thermal_copies.printer_id, thermal_copies.document_id, thermal_copies.picture, print_jobs.name,
       print_jobs.resource_document, print_jobs.created_by, print_jobs.user_name, print_jobs.status`,
    { jobId },
  )
  return rows.filter(({ status }) => status === 'completed').map(toDueCopy)
}

/** Jobs that have ended and still have copies to be made. */
export async function listJobsWithDueCopies(db: Db, limit: number): Promise<readonly string[]> {
  const rows = await query<{ job_id: string }>(
    db,
    `select distinct thermal_copies.job_id from thermal_copies
     join print_jobs on print_jobs.job_id = thermal_copies.job_id
     where print_jobs.status in ('completed', 'failed', 'canceled') limit :limit::integer`,
    { limit },
  )
  return rows.map((row) => row.job_id)
}

export async function insertPicture(trx: Db, jobId: string, picture: Buffer): Promise<void> {
  await query(trx, 'insert into thermal_pictures (job_id, picture) values (:jobId::text, :picture::bytea)', {
    jobId,
    picture,
  })
}

/** Of the first of the jobs that has one. */
export async function findPicture(db: Db, jobIds: readonly string[]): Promise<Buffer | undefined> {
  const row = await queryOne<{ picture: Buffer }>(
    db,
    'select picture from thermal_pictures where job_id = any(:jobIds::text[]) limit 1',
    { jobIds },
  )
  return row?.picture
}

function toDueCopy(row: CopyRow): DueCopy {
  return {
    printerId: row.printer_id,
    documentId: row.document_id,
    picture: row.picture,
    name: row.name,
    documentType: row.resource_document,
    createdBy: row.created_by,
    userName: row.user_name,
  }
}
