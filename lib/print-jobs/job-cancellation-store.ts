import { type Db, query } from '../db/database.ts'

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

export async function listPrintersOf(db: Db, jobIds: readonly string[]): Promise<readonly string[]> {
  const rows = await query<{ printer_id: string }>(
    db,
    'select distinct printer_id from print_jobs where job_id = any(:jobIds::text[])',
    { jobIds },
  )
  return rows.map(({ printer_id: printerId }) => printerId)
}
