import type { Db } from '../db/database.ts'
import { type ListPage, type ListQuery, mapListPage, queryListPage } from '../db/list-page.ts'
import type { PrintJob, PrintJobStatus } from './print-job.ts'
import { type PrintJobRow, selectPrintJobs, toPrintJob } from './print-job-store.ts'

/** Every member narrows the list; null: doesn't. */
export interface JobFilter {
  readonly locationId: string | null
  readonly merchantId: string | null
  readonly stationId: string | null
  readonly printerId: string | null
  readonly status: PrintJobStatus | null
  readonly resourceType: string | null
  readonly resourceId: string | null
}

/** Each with an index: migrations/0011-print-job-lists.ts and 0019-fewer-job-indexes.ts. */
const CONDITIONS = {
  locationId: 'print_jobs.location_id = :locationId::text',
  merchantId: 'print_jobs.merchant_id = :merchantId::text',
  stationId: 'print_jobs.station_id = :stationId::text',
  printerId: 'print_jobs.printer_id = :printerId::uuid',
  status: 'print_jobs.status = :status::text',
  resourceType: 'print_jobs.resource_type = :resourceType::text',
  resourceId: 'print_jobs.resource_id = :resourceId::text',
} as const satisfies Record<keyof JobFilter, string>

/** What counts are kept by: migrations/0022-print-job-counts.ts. Kinds and ids of resources are as many as callers like. */
const TALLIED: readonly (keyof JobFilter)[] = ['locationId', 'merchantId', 'stationId', 'printerId', 'status']

export async function listPrintJobs(db: Db, filter: JobFilter, list: ListQuery): Promise<ListPage<PrintJob>> {
  const members = Object.keys(CONDITIONS) as (keyof JobFilter)[]
  const narrowing = members.filter((member) => filter[member] !== null)
  const conditions = narrowing.map((member) => CONDITIONS[member])
  const isTallied = members.every((member) => filter[member] === null || TALLIED.includes(member))
  const where = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : ''
  const bindings = Object.fromEntries(narrowing.map((member) => [member, filter[member]]))
  const page = await queryListPage<PrintJobRow>(
    db,
    {
      sql: `${selectPrintJobs('print_jobs')}${where}`,
      keysSql: `select created_at, updated_at, queue_position as list_position from print_jobs${where}`,
      bindings,
      // Under the same name, so that the same conditions narrow them.
      ...(isTallied && {
        countSql: `select coalesce(sum(jobs), 0) as total_count from print_job_counts as print_jobs${where}`,
      }),
    },
    list,
  )
  return mapListPage(page, toPrintJob)
}
