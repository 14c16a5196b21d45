import type { Db } from '../db/database.ts'
import { foldJobCounts } from './job-counts-store.ts'

export interface JobCountsService {
  /** Adds up what changes of jobs left since the last time, so that totals of lists stay cheap. Bounded. */
  fold(): Promise<void>
}

/** A minute of a hundred jobs a second leaves 30,000; what is left over waits for the next minute. */
const LINES_MAX = 200_000

export function createJobCountsService({ db }: { db: Db }): JobCountsService {
  return { fold: () => foldJobCounts(db, LINES_MAX) }
}
