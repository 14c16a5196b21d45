import { type Db, prepared, query } from '../db/database.ts'

/** The queued jobs of the order's instructions, deleted ones too, in the order of their queues, locked. */
export async function lockQueuedOfOrder(trx: Db, orderId: number): Promise<readonly string[]> {
  const rows = await query<{ job_id: string }>(
    trx,
    `select print_jobs.job_id from print_jobs join instructions using (instruction_id)
     where instructions.order_id = :orderId and print_jobs.status = 'queued'
     order by print_jobs.queue_position for update of print_jobs`,
    { orderId },
  )
  return rows.map(({ job_id: jobId }) => jobId)
}

/** The queue of a printer, in its order, locked. */
export async function lockQueuedOfPrinter(trx: Db, printerId: string): Promise<readonly string[]> {
  const rows = await query<{ job_id: string }>(
    trx,
    `select job_id from print_jobs where printer_id = :printerId::uuid and status = 'queued'
     order by queue_position for update`,
    { printerId },
  )
  return rows.map(({ job_id: jobId }) => jobId)
}

/**
 * Cancels jobs that came back to the queue of a printer after it was removed: its queue had been canceled by then, and nobody
 * would print them. Rows that somebody is working on are left to the next time. Answers which.
 */
export async function cancelQueuedOfRemovedPrinters(trx: Db, limit: number): Promise<readonly string[]> {
  const rows = await prepared<{ job_id: string }>(
    trx,
    `update print_jobs
     set status = 'canceled', updated_at = clock_timestamp(), state_reasons = '{}',
         reason = 'printer-removed: ' || left_behind.printer_name || ' of ' || left_behind.station_name || ' was removed'
     from (
       select print_jobs.job_id, printers.name as printer_name, stations.name as station_name
       from printers join stations on stations.station_id = printers.station_id
       join print_jobs on print_jobs.printer_id = printers.printer_id and print_jobs.status = 'queued'
       where printers.deleted_at is not null
       limit :limit::integer for update of print_jobs skip locked
     ) as left_behind
     where print_jobs.job_id = left_behind.job_id
     returning print_jobs.job_id`,
    { limit },
  )
  return rows.map(({ job_id: jobId }) => jobId)
}

export async function listPrintersOf(db: Db, jobIds: readonly string[]): Promise<readonly string[]> {
  const rows = await query<{ printer_id: string }>(
    db,
    'select distinct printer_id from print_jobs where job_id = any(:jobIds::text[])',
    { jobIds },
  )
  return rows.map(({ printer_id: printerId }) => printerId)
}
