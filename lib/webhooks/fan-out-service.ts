import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { newId } from '../ids.ts'
import {
  insertDeliveries,
  listMatches,
  lockPublication,
  notifyStreams,
  publishEvents,
} from './fan-out-store.ts'
import { enqueueWebhooks } from './job-store.ts'

const BATCH_EVENTS = 100

export interface FanOutService {
  /**
   * Publishes the oldest recorded events: gives them their place in the stream and makes one delivery for each webhook
   * that wants them, with the job that sends it, in one transaction. Answers whether there may be more.
   */
  publish(): Promise<boolean>
}

export function createFanOutService({ db }: { db: Db }): FanOutService {
  return {
    publish: () =>
      inTransaction(db, async (trx) => {
        const last = await lockPublication(trx)
        if (last === undefined) return false
        const eventIds = await publishEvents(trx, last, BATCH_EVENTS)
        if (eventIds.length === 0) return false
        const matches = await listMatches(trx, eventIds)
        if (matches.length > 0) {
          const deliveries = matches.map((match) => ({ ...match, deliveryId: newId('dlv') }))
          await enqueueWebhooks(trx, await insertDeliveries(trx, deliveries))
        }
        await notifyStreams(trx)
        return eventIds.length === BATCH_EVENTS
      }),
  }
}
