import { type Db, query, queryOne } from '../db/database.ts'
import type { PrintAttempt } from './attempt.ts'
import type { FrozenRouting } from './job-routing.ts'

interface AttemptRow {
  attempt: number
  printer_id: string
  name: string
  model: string | null
  started_at: Date
  ended_at: Date | null
  bytes_offered: string
  bytes_written: string
  outcome: PrintAttempt['outcome']
  detail: string | null
}

/** Oldest first; where there are more than `limit`, the newest ones: they say how things stand. */
export async function listAttempts(db: Db, jobId: string, limit: number): Promise<PrintAttempt[]> {
  const rows = await query<AttemptRow>(
    db,
    `select print_attempts.attempt, printers.printer_id, printers.name, printers.model, print_attempts.started_at,
       print_attempts.ended_at, print_attempts.bytes_offered, print_attempts.bytes_written, print_attempts.outcome,
       print_attempts.detail
     from print_attempts join printers using (printer_id)
     where print_attempts.job_id = :jobId order by print_attempts.attempt desc limit :limit`,
    { jobId, limit },
  )
  return rows.toReversed().map((row) => ({
    attempt: row.attempt,
    printer: { printerId: row.printer_id, name: row.name, model: row.model },
    startedAt: row.started_at,
    endedAt: row.ended_at,
    bytesOffered: Number(row.bytes_offered),
    bytesWritten: Number(row.bytes_written),
    outcome: row.outcome,
    detail: row.detail,
  }))
}

export async function findRouting(db: Db, jobId: string): Promise<FrozenRouting | undefined> {
  const row = await queryOne<{ routing: FrozenRouting }>(
    db,
    'select routing from print_jobs where job_id = :jobId',
    { jobId },
  )
  return row?.routing
}
