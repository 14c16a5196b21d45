import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { wakePrinters } from '../db/printer-signals.ts'
import { listPrintersOf, lockQueuedOfOrder, lockQueuedOfPrinter } from './job-cancellation-store.ts'
import { recordJobStatus } from './job-events.ts'
import { updateReportedState } from './job-report-store.ts'
import { reasonText } from './job-state.ts'

/** What becomes of print jobs when what they were for is called off. */
export interface JobCancellationService {
  /**
   * Cancels the queued jobs of the order's instructions, of deleted ones too, and records cloud_printing.job.canceled for
   * each; a job that is being printed goes on. Part of the caller's transaction, which has locked the order, so that
   * no further job is queued meanwhile.
   */
  cancelQueuedOfOrder(trx: Db, orderId: number, by: Caller): Promise<void>
  /** The same for the queue of a printer that the caller's transaction has removed; answers how many there were. */
  cancelQueuedOfPrinter(
    trx: Db,
    printerId: string,
    removal: { readonly text: string; readonly by: Caller },
  ): Promise<number>
}

export function createJobCancellationService(): JobCancellationService {
  const cancel = async (
    trx: Db,
    jobIds: readonly string[],
    { reason, by }: { reason: string; by: Caller },
  ): Promise<void> => {
    for (const jobId of jobIds) {
      await updateReportedState(trx, { jobId, status: 'canceled', reason, updatedBy: by.id })
      await recordJobStatus(trx, jobId, 'canceled')
    }
  }

  return {
    async cancelQueuedOfOrder(trx, orderId, by) {
      const jobIds = await lockQueuedOfOrder(trx, orderId)
      const reason = reasonText('job-canceled-by-user', `${by.name} canceled the order`)
      await cancel(trx, jobIds, { reason, by })
      // What stood behind them needn't wait until they would have been tried again.
      await wakePrinters(trx, await listPrintersOf(trx, jobIds))
    },

    async cancelQueuedOfPrinter(trx, printerId, { text, by }) {
      const jobIds = await lockQueuedOfPrinter(trx, printerId)
      await cancel(trx, jobIds, { reason: reasonText('printer-removed', text), by })
      return jobIds.length
    },
  }
}
