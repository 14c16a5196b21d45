import type { Db } from '../db/database.ts'
import { freshReading } from '../fresh-reading.ts'
import { listQueueFigures, type QueueFigures } from './queue-figures-store.ts'

export type { QueueFigures }

export interface QueueFiguresService {
  /** As they were at most 5 s ago; what waits has grown older since. Rejects when the database is slow to tell. */
  current(): Promise<readonly QueueFigures[]>
}

export function createQueueFiguresService({ db }: { db: Db }): QueueFiguresService {
  const read = freshReading(() => listQueueFigures(db), 'the database is slow to tell how much waits')
  return {
    async current() {
      const { value, ageSeconds } = await read()
      return value.map((of) => ({
        ...of,
        oldestQueuedSeconds: of.queued === 0 ? 0 : of.oldestQueuedSeconds + ageSeconds,
      }))
    },
  }
}
