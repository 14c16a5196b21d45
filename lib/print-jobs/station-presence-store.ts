import { type Db, query, queryOne } from '../db/database.ts'

/** A client of the station has called. Written at most every 10 s, since every wait for a job says so. */
export async function touchStation(db: Db, stationId: string): Promise<void> {
  await query(
    db,
    `update stations set last_seen_at = clock_timestamp()
     where station_id = :stationId::text
       and coalesce(last_seen_at < clock_timestamp() - interval '10 seconds', true)`,
    { stationId },
  )
}

/** Queued jobs that the station's clients may fetch, now or when their printers are free. */
export async function countQueued(db: Db, stationId: string): Promise<number> {
  const row = await queryOne<{ count: string }>(
    db,
    `select coalesce(sum(print_job_counts.jobs), 0) as count
     from printers join print_job_counts using (printer_id)
     where printers.station_id = :stationId::text and printers.connection ->> 'type' = 'station'
       and printers.deleted_at is null and print_job_counts.status = 'queued'`,
    { stationId },
  )
  return Number(row?.count ?? 0)
}
