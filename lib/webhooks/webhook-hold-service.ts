import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { enqueueWebhooks } from './job-store.ts'
import { updateHeld, updateReleased } from './webhook-store.ts'

/** All webhooks at once, for after a restore: docs/operations.md. Both answer how many they changed. */
export interface WebhookHoldService {
  /** Nothing is sent to those that are enabled; what happens meanwhile is kept for them. A request that is under way ends. */
  hold(): Promise<number>
  /** What has waited is sent. */
  release(): Promise<number>
}

export function createWebhookHoldService({ db }: { readonly db: Db }): WebhookHoldService {
  return {
    hold: () => updateHeld(db),
    release: () =>
      inTransaction(db, async (trx) => {
        const webhookNumbers = await updateReleased(trx)
        if (webhookNumbers.length > 0) await enqueueWebhooks(trx, webhookNumbers)
        return webhookNumbers.length
      }),
  }
}
