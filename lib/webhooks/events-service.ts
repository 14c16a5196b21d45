import type { Db } from '../db/database.ts'
import { newId } from '../ids.ts'
import type { NewEvent } from './event.ts'
import { insertEvent } from './event-store.ts'

export interface EventsService {
  /**
   * Writes the event within the transaction of the change that it tells: no change without its event, no event without
   * its change. The transaction must hold the row lock of the resource.
   */
  record(trx: Db, event: NewEvent): Promise<void>
}

export function createEventsService(): EventsService {
  return { record: (trx, event) => insertEvent(trx, newId('evt'), event) }
}
