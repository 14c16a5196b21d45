import type { Db } from '../db/database.ts'
import { listQueueFigures, type QueueFigures } from './queue-figures-store.ts'

/** Whoever scrapes every second asks the database no more often than this. */
const FRESH_MS = 5_000

export interface QueueFiguresService {
  /** As they were at most 5 s ago. */
  current(): Promise<readonly QueueFigures[]>
}

export function createQueueFiguresService({ db }: { db: Db }): QueueFiguresService {
  let figures: Promise<readonly QueueFigures[]> | undefined
  let until = 0
  return {
    current() {
      if (figures === undefined || performance.now() >= until) {
        until = performance.now() + FRESH_MS
        figures = listQueueFigures(db)
        figures.catch(() => {
          figures = undefined
        })
      }
      return figures
    },
  }
}
