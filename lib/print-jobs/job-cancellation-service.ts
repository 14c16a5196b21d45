import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import type { EventsService } from '../webhooks/events-service.ts'
import { listPrintersToWake, lockQueuedOfOrder } from './job-cancellation-store.ts'
import { recordJobStatus } from './job-events.ts'
import { updateReportedState } from './job-report-store.ts'
import { reasonText } from './job-state.ts'
import { notifyPrinter } from './print-job-store.ts'

/** What becomes of print jobs when what they were for is called off. */
export interface JobCancellationService {
  /**
   * Cancels the queued jobs of the order's instructions, of deleted ones too, and records cloud_printing.job.canceled for
   * each; a job that is being printed goes on. Part of the caller's transaction, which has locked the order, so that
   * no further job is queued meanwhile.
   */
  cancelQueuedOfOrder(trx: Db, orderId: number, by: Caller): Promise<void>
}

export function createJobCancellationService({ events }: { events: EventsService }): JobCancellationService {
  return {
    async cancelQueuedOfOrder(trx, orderId, by) {
      const jobIds = await lockQueuedOfOrder(trx, orderId)
      const reason = reasonText('job-canceled-by-user', `${by.name} canceled the order`)
      for (const jobId of jobIds) {
        await updateReportedState(trx, { jobId, status: 'canceled', reason, updatedBy: by.id })
        await recordJobStatus({ trx, events, jobId, status: 'canceled' })
      }
      // What stood behind them needn't wait until they would have been tried again.
      for (const printerId of await listPrintersToWake(trx, jobIds)) await notifyPrinter(trx, printerId)
    },
  }
}
