import type { Db } from '../db/database.ts'
import { freshReading } from '../fresh-reading.ts'
import { type DeliveryFigures, readDeliveryFigures } from './delivery-figures-store.ts'

export type { DeliveryFigures }

export interface DeliveryFiguresService {
  /** As they were at most 5 s ago; what is due has grown older since. Rejects when the database is slow to tell. */
  current(): Promise<DeliveryFigures>
}

export function createDeliveryFiguresService({ db }: { db: Db }): DeliveryFiguresService {
  const read = freshReading(
    () => readDeliveryFigures(db),
    'the database is slow to tell which deliveries are due',
  )
  return {
    async current() {
      const { value, ageSeconds } = await read()
      const { due, oldestDueSeconds } = value
      return { due, oldestDueSeconds: due === 0 ? 0 : oldestDueSeconds + ageSeconds }
    },
  }
}
