import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { lockOldDocuments, type OldDocument, removeUnneeded } from './document-retention-store.ts'

/** Short transactions: each looks at so many. */
const BATCH = 200
/** What an hourly pass looks at; the next one goes on with what is left. */
const BATCHES_MAX = 500

export interface DocumentRetentionService {
  /** Removes the bytes of documents that nothing has needed for `days`; answers of how many. Bounded. */
  prune(signal: AbortSignal): Promise<number>
}

/** `days` null: documents are kept for ever. */
export function createDocumentRetentionService({
  db,
  days,
}: {
  db: Db
  days: number | null
}): DocumentRetentionService {
  return {
    async prune(signal) {
      if (days === null) return 0
      let removed = 0
      let after: OldDocument | undefined
      for (let batch = 0; batch < BATCHES_MAX && !signal.aborted; batch += 1) {
        const pass = await inTransaction(db, async (trx) => {
          const documents = await lockOldDocuments(trx, { olderThanDays: days, after, limit: BATCH })
          const documentIds = documents.map(({ documentId }) => documentId)
          // A statement of its own: it sees what was committed by those who had the rows before us.
          return {
            last: documents.at(-1),
            removed: await removeUnneeded(trx, { documentIds, olderThanDays: days }),
          }
        })
        removed += pass.removed
        if (!pass.last) break
        after = pass.last
      }
      return removed
    },
  }
}
