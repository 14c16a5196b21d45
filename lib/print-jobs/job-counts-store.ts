import { type Db, preparedOne, query } from '../db/database.ts'

/**
 * Adds up lines of one place, merchant and status, of at most `limit` lines, unless there is one of each already. Whoever
 * reads meanwhile sees the lines or their sum; of two that fold at once the second finds the lines of the first gone.
 */
export async function foldJobCounts(db: Db, limit: number): Promise<void> {
  await query(
    db,
    `with taken as (
       delete from print_job_counts
       where ctid = any(array(select ctid from print_job_counts limit :limit::integer))
         and exists (select from print_job_counts group by location_id, merchant_id, station_id, printer_id, status
                     having count(*) > 1)
       returning location_id, merchant_id, station_id, printer_id, status, jobs
     )
     insert into print_job_counts (location_id, merchant_id, station_id, printer_id, status, jobs)
     select location_id, merchant_id, station_id, printer_id, status, sum(jobs) from taken
     group by location_id, merchant_id, station_id, printer_id, status having sum(jobs) <> 0`,
    { limit },
  )
}

/** How many lines there are about, by PostgreSQL's own statistics: up to a second old; 0 where `track_counts` is off. */
export async function estimateJobCountLines(db: Db): Promise<number> {
  const found = await preparedOne<{ lines: string }>(
    db,
    `select pg_stat_get_live_tuples('print_job_counts'::regclass) as lines`,
  )
  return Number(found?.lines ?? 0)
}
