import { setTimeout as delay } from 'node:timers/promises'
import { runMigrations } from 'graphile-worker'
import type { Logger } from 'pino'
import type { DatabaseConnection } from './database.ts'
import { JobRunner, type JobRunnerOptions, workerLogger } from './job-runner.ts'
import { createJobsPool } from './jobs-pool.ts'

/** Jobs that are enqueued with a change and done after its commit, by whichever process is free. */
export interface BackgroundWorker {
  /** Takes no more jobs and lets those that run end; eleven seconds at most. */
  stop(): Promise<void>
}

/** After one that worked, and after one that didn't: the database is away. */
const RESTART_MS = 500
const RETRY_MS = 5_000
/** Of one that has failed there is little to wait for: what it had in hand, housekeeping, ends without it. */
const RETIRE_MS = 1_000
/** Housekeeping is told to end after five. */
const STOP_MS = 10_000

/** Brings graphile-worker's own schema up to date. Call it under the start lock. */
export async function migrateBackgroundWorker(connection: DatabaseConnection, log?: Logger): Promise<void> {
  const { pool, close } = createJobsPool(connection, log)
  try {
    await runMigrations({ pgPool: pool, logger: workerLogger(log) })
  } finally {
    await close()
  }
}

export function startBackgroundWorker(options: JobRunnerOptions): BackgroundWorker {
  const stopping = new AbortController()
  const ended = supervise(options, stopping.signal)
  return {
    stop() {
      stopping.abort()
      return ended
    },
  }
}

/**
 * One runner after the other, until it is stopped. What a failed one leaves locked in its queue is nothing that anybody
 * waits for: deliveries are found again as overdue, and housekeeping has its next time.
 */
async function supervise(options: JobRunnerOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const runner = new JobRunner(options)
    let limitMs = STOP_MS
    try {
      await runner.untilFailed(signal)
    } catch (error) {
      limitMs = RETIRE_MS
      options.log.warn({ err: error }, 'background jobs failed; they are started again')
    }
    await runner.retire(limitMs)
    await delay(runner.hasWorked ? RESTART_MS : RETRY_MS, undefined, { signal }).catch(() => undefined)
  }
}
