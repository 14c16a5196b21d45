import { EventEmitter } from 'node:events'
import { parseCronItems, type Runner, run, type TaskList, Logger as WorkerLogger } from 'graphile-worker'
import type { Logger } from 'pino'
import { withinTime } from '../within-time.ts'
import type { DatabaseConnection } from './database.ts'
import { createJobsPool, type JobsPool } from './jobs-pool.ts'

export interface JobRunnerOptions {
  readonly connection: DatabaseConnection
  /** By the name that `graphile_worker.add_job` is given. `signal` is aborted when a stop has taken too long. */
  readonly tasks: Readonly<Record<string, (payload: unknown, signal: AbortSignal) => Promise<void>>>
  /** Tasks by the clock, once for all processes: `{ prune: '17 * * * *' }`. */
  readonly cron: Readonly<Record<string, string>>
  /** How often jobs of a later time are looked for; those of now come by notification. */
  readonly pollMs: number
  readonly log: Logger
}

const JOBS_AT_ONCE = 3
const START_MS = 20_000
/** With a free worker and a database that is there, it has an answer each `pollMs`. */
const SILENCE_MS = 30_000
const WATCH_MS = 1_000

/**
 * One run of graphile-worker 0.17.3, from its start until it fails, on connections of its own. It doesn't survive every loss
 * of a connection: it may end, and it may stay for ever between working and having ended, since it then waits for outcomes
 * that it has counted twice (`batch` of its main.js). So it is judged by what it does, and given up within a limit.
 */
export class JobRunner {
  readonly #options: JobRunnerOptions
  readonly #pool: JobsPool
  readonly #events = new EventEmitter()
  readonly #starting: Promise<Runner>
  #busy = 0
  #answeredAtMs = performance.now()
  #hasWorked = false

  constructor(options: JobRunnerOptions) {
    this.#options = options
    this.#pool = createJobsPool(options.connection, options.log)
    this.#watchJobs()
    this.#starting = this.#start()
    this.#starting.catch(() => undefined)
  }

  /** It has asked for jobs and was answered. */
  get hasWorked(): boolean {
    return this.#hasWorked
  }

  /** Resolves when `signal` is aborted; rejects with what is wrong when it can't start, fails, ends or is silent. */
  async untilFailed(signal: AbortSignal): Promise<void> {
    const watching = new AbortController()
    try {
      await Promise.race([
        aborted(signal, watching.signal),
        this.#work(),
        this.#failure(watching.signal),
        this.#silence(watching.signal),
      ])
    } finally {
      watching.abort()
    }
  }

  /** Takes no more jobs and lets those that run end, within `limitMs` and a second. Never rejects. */
  async retire(limitMs: number): Promise<void> {
    const { log } = this.#options
    // After the limit too: a start that is late must not go on.
    const ending = this.#starting.then((runner) =>
      // It may have begun to stop by itself.
      Promise.all([runner.stop().catch(() => undefined), runner.promise]),
    )
    try {
      await withinTime(ending, limitMs, 'the background jobs did not stop in time')
    } catch (error) {
      log.debug({ err: error }, 'background jobs are given up')
    }
    await this.#pool.close()
  }

  #start(): Promise<Runner> {
    const { tasks, cron, pollMs, log } = this.#options
    const taskList: TaskList = {}
    for (const [name, task] of Object.entries(tasks)) {
      taskList[name] = (payload, helpers) => task(payload, helpers.abortSignal)
    }
    return run({
      pgPool: this.#pool.pool,
      events: this.#events as NonNullable<Parameters<typeof run>[0]['events']>,
      taskList,
      parsedCronItems: parseCronItems(
        Object.entries(cron).map(([task, match]) => ({ task, match, identifier: task })),
      ),
      concurrency: JOBS_AT_ONCE,
      pollInterval: pollMs,
      noHandleSignals: true,
      logger: workerLogger(log),
      // Without a delay, outcomes are written by promises that nobody looks at: the first one that fails ends the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    })
  }

  #watchJobs(): void {
    const answered = (): void => {
      this.#answeredAtMs = performance.now()
      this.#hasWorked = true
    }
    this.#events.on('worker:getJob:empty', answered)
    this.#events.on('job:start', () => {
      this.#busy += 1
      answered()
    })
    this.#events.on('job:complete', () => {
      this.#busy -= 1
      answered()
    })
  }

  /** Rejects: it has no reason to end by itself. */
  async #work(): Promise<never> {
    const runner = await withinTime(this.#starting, START_MS, 'the background jobs did not start in time')
    await runner.promise
    throw new Error('the background jobs ended')
  }

  /** It says so before it ends, and may not end. */
  #failure(signal: AbortSignal): Promise<never> {
    return new Promise((_resolve, reject) => {
      const onFailure = ({ error }: { error: unknown }): void =>
        reject(new Error('the outcome of a background job could not be written', { cause: error }))
      this.#events.on('pool:fatalError', onFailure)
      signal.addEventListener('abort', () => this.#events.off('pool:fatalError', onFailure))
    })
  }

  #silence(signal: AbortSignal): Promise<never> {
    return new Promise((_resolve, reject) => {
      const watch = setInterval(() => {
        if (this.#busy >= JOBS_AT_ONCE) this.#answeredAtMs = performance.now()
        if (performance.now() - this.#answeredAtMs < SILENCE_MS) return
        reject(new Error(`no background job was looked for with success for ${SILENCE_MS / 1_000} s`))
      }, WATCH_MS)
      signal.addEventListener('abort', () => clearInterval(watch))
    })
  }
}

function aborted(signal: AbortSignal, watching: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { signal: watching }))
}

/** Routine is of no interest; what failed is. Messages hold names of tasks and ids of jobs, no payloads. */
export function workerLogger(log: Logger | undefined): WorkerLogger {
  return new WorkerLogger(() => (level, message) => {
    if (level === 'error' || level === 'warning') log?.warn({ detail: message }, 'background jobs')
    else log?.debug({ detail: message }, 'background jobs')
  })
}
