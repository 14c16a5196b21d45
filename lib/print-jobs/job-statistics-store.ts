import { type Db, query } from '../db/database.ts'
import type { PrintJobStatus } from './print-job.ts'

export interface StatisticsQuery {
  /** Null: of every location. */
  readonly locationId: string | null
  /** Null: of every merchant, and of none. */
  readonly merchantId: string | null
  readonly from: Date
  readonly hours: number
}

/** Jobs by the hour in which they were made and by their status now; hours are counted from 0, and empty ones are absent. */
export interface StatusCount {
  readonly hour: number
  readonly status: PrintJobStatus
  readonly jobs: number
}

/** Reads the jobs of those hours and no others: by the index of the place, of the merchant, or of the times alone. */
export async function countJobsByHour(
  db: Db,
  { locationId, merchantId, from, hours }: StatisticsQuery,
): Promise<readonly StatusCount[]> {
  const conditions = [
    ...(locationId === null ? [] : ['location_id = :locationId::text']),
    ...(merchantId === null ? [] : ['merchant_id = :merchantId::text']),
  ]
  const rows = await query<{ hour: number; status: PrintJobStatus; jobs: string }>(
    db,
    `select (extract(epoch from created_at - :from::timestamptz) / 3600)::float8 as hour, status, jobs from (
       select date_bin(interval '1 hour', created_at, :from::timestamptz) as created_at, status, count(*) as jobs
       from print_jobs
       where created_at >= :from::timestamptz
         and created_at < :from::timestamptz + :hours::integer * interval '1 hour'
         ${conditions.map((condition) => `and ${condition}`).join(' ')}
       group by 1, 2
     ) as counted`,
    {
      from,
      hours,
      ...(locationId !== null && { locationId }),
      ...(merchantId !== null && { merchantId }),
    },
  )
  return rows.map(({ hour, status, jobs }) => ({ hour, status, jobs: Number(jobs) }))
}
