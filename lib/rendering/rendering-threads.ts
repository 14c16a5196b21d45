import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Piscina } from 'piscina'
import { DomainError } from '../errors.ts'
import { UnreadableError } from './rendering.ts'
import { stopping } from './rendering-slots.ts'
import type { RenderingOutcome, RenderingResults, RenderingTask } from './rendering-task.ts'

/** A start takes half a second, so a thread stays between two packages, and goes with its 100 MB when the shift is over. */
const THREAD_IDLE_MS = 300_000

/** For objects of JavaScript; pixels and PDFium's memory are outside of it, and have limits of their own. */
const THREAD_HEAP_MAX_MB = 512

const WORKER_FILE = new URL('./rendering-worker.ts', import.meta.url)

/** What a process has to write its log: pino's logger, or a station client's. */
export interface RenderingLog {
  warn(fields: RenderingEvent, message: string): void
  error(fields: RenderingEvent, message: string): void
}

export interface RenderingEvent {
  readonly kind?: string
  readonly detail?: string
  readonly err?: unknown
}

/** The options that say what is loaded before a program; a thread refuses to start with most of the others. */
const LOADING =
  /^(--(import|require|loader|experimental-loader)|-r)(=|$)|^--(experimental-)?(strip|transform)-types$/

function loadingArguments(given: readonly string[]): string[] {
  return given.filter((argument, place) => LOADING.test(argument) || isValueOf(given[place - 1], argument))
}

/** `tsx` in `--import tsx`. */
function isValueOf(option: string | undefined, argument: string): boolean {
  return option !== undefined && LOADING.test(option) && !option.includes('=') && !argument.startsWith('-')
}

/**
 * What makes Node.js take TypeScript is handed on to threads only where it is an argument: what the programs in bin/ register
 * stays in their own thread (Node 20). From 22.18 on nothing is needed.
 */
function threadArguments(): string[] {
  const given = loadingArguments(process.execArgv)
  const features: object = process.features
  const isTaken =
    ('typescript' in features && Boolean(features.typescript)) ||
    given.some((argument) => argument.includes('tsx'))
  return isTaken
    ? given
    : [...given, '--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
}

export type ThreadPool = Piscina<RenderingTask, RenderingOutcome>

/** Threads start with their first task. `workerFile` exports `runRenderingTask`. */
export function createThreadPool(threads: number, workerFile: URL = WORKER_FILE): ThreadPool {
  return new Piscina<RenderingTask, RenderingOutcome>({
    filename: fileURLToPath(workerFile),
    name: 'runRenderingTask',
    execArgv: threadArguments(),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: THREAD_IDLE_MS,
    // Workers would sleep in Atomics.wait between tasks, where what a library left to be done later is not done.
    atomics: 'disabled',
    resourceLimits: { maxOldGenerationSizeMb: THREAD_HEAP_MAX_MB },
  })
}

export interface ThreadsOptions {
  readonly threads: number
  readonly timeoutMs: number
  readonly log: RenderingLog
  /** Another file than ours in tests of what a worker can suffer. */
  readonly workerFile?: URL
  /** Of several servers in one process, with threads enough for all of them, and ended by whoever made it. */
  readonly pool?: ThreadPool | undefined
}

/** Runs each task in a thread that nothing else uses meanwhile. The caller runs no more tasks at once than there are threads. */
export class RenderingThreads {
  readonly #pool: ThreadPool
  readonly #isPoolShared: boolean
  readonly #timeoutMs: number
  readonly #log: RenderingLog
  readonly #running = new Set<AbortController>()
  #isClosed = false

  constructor(options: ThreadsOptions) {
    const { threads, timeoutMs, log, workerFile, pool } = options
    this.#timeoutMs = timeoutMs
    this.#log = log
    this.#isPoolShared = pool !== undefined
    this.#pool = pool ?? createThreadPool(threads, workerFile)
    this.#pool.on('error', this.#workerFailed)
  }

  async run<Task extends RenderingTask>(task: Task): Promise<RenderingResults[Task['kind']]> {
    const outcome = await this.#runWithin(task)
    if ('value' in outcome) return outcome.value as RenderingResults[Task['kind']]
    const { reason, message, detail } = outcome.refusal
    if (detail !== undefined) this.#log.warn({ kind: task.kind, detail }, 'a document broke its reader')
    throw new UnreadableError(reason, message)
  }

  /** What runs is broken off, and refused as unavailable: it is not the document's fault. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#breakOff(stopping())
    if (!this.#isPoolShared) await this.#pool.destroy()
    this.#pool.off('error', this.#workerFailed)
  }

  async #runWithin(task: RenderingTask): Promise<RenderingOutcome> {
    if (this.#isClosed) throw stopping()
    // A copy of just these bytes: a Buffer shares its memory with others, and all of it would be cloned or taken away.
    const bytes = new Uint8Array(task.bytes)
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(this.#tooSlow(task.kind)), this.#timeoutMs)
    this.#running.add(controller)
    try {
      return await this.#pool.run(
        { ...task, bytes },
        { transferList: [bytes.buffer], signal: controller.signal },
      )
    } catch (error) {
      if (controller.signal.aborted) throw controller.signal.reason
      this.#log.warn({ kind: task.kind, err: error }, 'a document ended its worker')
      throw new UnreadableError('unreadable', 'the document could not be read in the memory it may use', {
        cause: error,
      })
    } finally {
      clearTimeout(timer)
      this.#running.delete(controller)
    }
  }

  /** Of many in a row the machine may be to blame, which has no processor left for them. */
  #tooSlow(kind: RenderingTask['kind']): UnreadableError {
    this.#log.warn({ kind }, 'a document took too long')
    return new UnreadableError(
      'unreadable',
      `the document took longer than ${this.#timeoutMs / 1000} s to read`,
    )
  }

  /** A worker died without a document: it could not start, and those who wait for one would be told that they were slow. */
  readonly #workerFailed = (error: unknown): void => {
    this.#log.error({ err: error }, 'a rendering worker failed')
    this.#breakOff(new DomainError('unavailable', 'documents cannot be read now', {}, { cause: error }))
  }

  #breakOff(reason: DomainError): void {
    for (const controller of this.#running) controller.abort(reason)
  }
}
