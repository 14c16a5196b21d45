import type { Db } from '../db/database.ts'
import { withinTime } from '../within-time.ts'
import { listQueueFigures, type QueueFigures } from './queue-figures-store.ts'

export type { QueueFigures }

/** Whoever scrapes every second asks the database no more often than this. */
const FRESH_MS = 5_000
/** Prometheus gives a scrape up after 10 s, and all that it would have told with it. */
const ANSWER_MS = 2_000

export interface QueueFiguresService {
  /** As they were at most 5 s ago; what waits has grown older since. Rejects when the database is slow to tell. */
  current(): Promise<readonly QueueFigures[]>
}

interface Taken {
  readonly at: number
  readonly figures: readonly QueueFigures[]
}

export function createQueueFiguresService({ db }: { db: Db }): QueueFiguresService {
  let last: Taken | undefined
  let taking: Promise<Taken> | undefined
  const take = async (): Promise<Taken> => {
    try {
      const figures = await listQueueFigures(db)
      last = { at: performance.now(), figures }
      return last
    } finally {
      taking = undefined
    }
  }
  return {
    async current() {
      const isFresh = last !== undefined && performance.now() - last.at < FRESH_MS
      const { at, figures } = isFresh && last ? last : await inTime((taking ??= take()))
      const sinceSeconds = (performance.now() - at) / 1000
      return figures.map((of) => ({
        ...of,
        oldestQueuedSeconds: of.queued === 0 ? 0 : of.oldestQueuedSeconds + sinceSeconds,
      }))
    },
  }
}

function inTime(taking: Promise<Taken>): Promise<Taken> {
  return withinTime(taking, ANSWER_MS, 'the database is slow to tell how much waits')
}
