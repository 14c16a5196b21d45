import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { newId } from '../ids.ts'
import type { Observation, Observe } from '../observation.ts'
import {
  insertDeliveries,
  listMatches,
  lockPublication,
  notifyStreams,
  type PublishedEvent,
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

export function createFanOutService({
  db,
  observe,
}: {
  db: Db
  observe?: Observe | undefined
}): FanOutService {
  return {
    async publish() {
      const published = await inTransaction(db, publishOldest)
      // After the commit, and by the one process that published them: each event is counted once.
      for (const event of published) observe?.(toObservation(event))
      return published.length === BATCH_EVENTS
    },
  }
}

async function publishOldest(trx: Db): Promise<readonly PublishedEvent[]> {
  const last = await lockPublication(trx)
  if (last === undefined) return []
  const events = await publishEvents(trx, last, BATCH_EVENTS)
  if (events.length === 0) return []
  const matches = await listMatches(
    trx,
    events.map(({ eventId }) => eventId),
  )
  if (matches.length > 0) {
    const deliveries = matches.map((match) => ({ ...match, deliveryId: newId('dlv') }))
    await enqueueWebhooks(trx, await insertDeliveries(trx, deliveries))
  }
  await notifyStreams(trx)
  return events
}

/** A job becomes processing in the transaction right before its first byte. */
function toObservation({ type, pool, sinceJobMs }: PublishedEvent): Observation {
  const isFirstByte = type === 'cloud_printing.job.processing'
  return { what: 'event', type, pool, clickToFirstByteMs: isFirstByte ? sinceJobMs : null }
}
