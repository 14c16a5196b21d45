import { setTimeout as delay } from 'node:timers/promises'
import {
  parseCronItems,
  type Runner,
  run,
  runMigrations,
  type TaskList,
  Logger as WorkerLogger,
} from 'graphile-worker'
import pg from 'pg'
import type { Logger } from 'pino'
import type { DatabaseConnection } from './database.ts'

/** Jobs that are enqueued with a change and done after its commit, by whichever process is free. */
export interface BackgroundWorker {
  /** Takes no more jobs and lets those that run end. */
  stop(): Promise<void>
}

export interface BackgroundWorkerOptions {
  readonly connection: DatabaseConnection
  /** By the name that `graphile_worker.add_job` is given. `signal` is aborted when a stop has taken too long. */
  readonly tasks: Readonly<Record<string, (payload: unknown, signal: AbortSignal) => Promise<void>>>
  /** Tasks by the clock, once for all processes: `{ prune: '17 * * * *' }`. */
  readonly cron: Readonly<Record<string, string>>
  /** How often jobs of a later time are looked for; those of now come by notification. */
  readonly pollMs: number
  readonly log: Logger
}

/** One connection listens and one per job that is taken or completed at this moment. */
const POOL_MAX = 3
const JOBS_AT_ONCE = 3
const RESTART_MS = 5_000

/** Brings graphile-worker's own schema up to date. Call it under the start lock. */
export async function migrateBackgroundWorker(connection: DatabaseConnection, log?: Logger): Promise<void> {
  const pool = createPool(connection, log)
  try {
    await runMigrations({ pgPool: pool, logger: workerLogger(log) })
  } finally {
    await pool.end()
  }
}

export function startBackgroundWorker(options: BackgroundWorkerOptions): BackgroundWorker {
  return new SupervisedWorker(options)
}

/** graphile-worker gives up after a long time without its database; then it is started anew. */
class SupervisedWorker implements BackgroundWorker {
  readonly #options: BackgroundWorkerOptions
  readonly #pool: pg.Pool
  readonly #stopping = new AbortController()
  readonly #ended: Promise<void>
  #starting: Promise<Runner> | null = null

  constructor(options: BackgroundWorkerOptions) {
    this.#options = options
    this.#pool = createPool(options.connection, options.log)
    this.#ended = this.#supervise()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    try {
      const runner = await this.#starting
      await runner?.stop()
    } catch (error) {
      // It had stopped by itself.
      this.#options.log.debug({ err: error }, 'background jobs were not running')
    }
    await this.#ended
    await this.#pool.end()
  }

  async #supervise(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        this.#starting = this.#start()
        const runner = await this.#starting
        await runner.promise
      } catch (error) {
        this.#options.log.warn({ err: error }, 'background jobs stopped; they are started again')
      }
      await delay(RESTART_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  #start(): Promise<Runner> {
    const { tasks, cron, pollMs, log } = this.#options
    const taskList: TaskList = {}
    for (const [name, task] of Object.entries(tasks)) {
      taskList[name] = (payload, helpers) => task(payload, helpers.abortSignal)
    }
    return run({
      pgPool: this.#pool,
      taskList,
      parsedCronItems: parseCronItems(
        Object.entries(cron).map(([task, match]) => ({ task, match, identifier: task })),
      ),
      concurrency: JOBS_AT_ONCE,
      pollInterval: pollMs,
      noHandleSignals: true,
      logger: workerLogger(log),
    })
  }
}

function createPool(connection: DatabaseConnection, log: Logger | undefined): pg.Pool {
  const pool = new pg.Pool({ ...connection, application_name: 'packhouse jobs', max: POOL_MAX })
  const onError = (error: Error) => log?.warn({ err: error }, 'lost a connection of the background jobs')
  // An error that nobody hears ends the process: of an idle client it comes to the pool, of a busy one to the client.
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))
  return pool
}

/** Routine is of no interest; what failed is. Messages hold names of tasks and ids of jobs, no payloads. */
function workerLogger(log: Logger | undefined): WorkerLogger {
  return new WorkerLogger(() => (level, message) => {
    if (level === 'error' || level === 'warning') log?.warn({ detail: message }, 'background jobs')
    else log?.debug({ detail: message }, 'background jobs')
  })
}
