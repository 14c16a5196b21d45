import type { Db } from '../db/database.ts'
import { deleteGoneWebhooks, deleteOldEvents, deleteOrphanedDeliveries } from './retention-store.ts'

const DAY_MS = 86_400_000
/** The longest schedule of retries takes some 45 h; a print job waits for 14 days before it expires. */
export const RETENTION_DAYS = 14
/** Short transactions: each statement deletes at most so many. */
const BATCH = 1_000
/** What a day of two million events leaves is gone within a day of hourly passes. */
const BATCHES_MAX = 100

export interface RetentionService {
  /** Removes events older than 14 days with their deliveries, and what deleted webhooks left behind. Bounded. */
  prune(signal: AbortSignal): Promise<void>
}

export function createRetentionService({ db }: { db: Db }): RetentionService {
  return {
    async prune(signal) {
      const old = { olderThanMs: RETENTION_DAYS * DAY_MS, limit: BATCH }
      await inBatches(signal, () => deleteOldEvents(db, old))
      await inBatches(signal, () => deleteOrphanedDeliveries(db, BATCH))
      await deleteGoneWebhooks(db, BATCH)
    },
  }
}

async function inBatches(signal: AbortSignal, deleteSome: () => Promise<number>): Promise<void> {
  for (let batch = 0; batch < BATCHES_MAX && !signal.aborted; batch += 1) {
    if ((await deleteSome()) < BATCH) return
  }
}
