import { type Db, query } from '../db/database.ts'

/** What waits for the printers of a pool, at this moment. */
export interface QueueFigures {
  /** Null: printers of no pool. */
  readonly pool: string | null
  readonly queued: number
  readonly processing: number
  /** Since the oldest queued job was made; 0 without one. */
  readonly oldestQueuedSeconds: number
}

/** Of pools that have something to do. Reads the queues' own index, so it costs what waits and not what was. */
export async function listQueueFigures(db: Db): Promise<readonly QueueFigures[]> {
  const rows = await query<{
    pool: string | null
    queued: number
    processing: number
    oldest_queued_seconds: number | null
  }>(
    db,
    `select printers.pool, count(*) filter (where print_jobs.status = 'queued')::integer as queued,
            count(*) filter (where print_jobs.status = 'processing')::integer as processing,
            extract(epoch from clock_timestamp() - min(print_jobs.created_at)
              filter (where print_jobs.status = 'queued'))::float8 as oldest_queued_seconds
     from print_jobs join printers on printers.printer_id = print_jobs.printer_id
     where print_jobs.status in ('queued', 'processing')
     group by printers.pool`,
  )
  return rows.map((row) => ({
    pool: row.pool,
    queued: row.queued,
    processing: row.processing,
    oldestQueuedSeconds: row.oldest_queued_seconds ?? 0,
  }))
}
