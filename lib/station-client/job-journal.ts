import { type FileHandle, mkdir, open, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncFolder } from '../folder-sync.ts'

/** What the client tells the server of a job. */
export interface JobEnd {
  readonly status: 'completed' | 'failed'
  readonly reason: string | null
}

/**
 * What this client has begun, on the disk before it is done: a client that was killed with a job in hand finds it here and
 * doesn't print it again. `unknown`: it may have printed; the server says so when the claim lapses.
 */
export type JournalStep = 'claimed' | 'sending' | 'ended' | 'unknown' | 'reported'

interface Line {
  readonly job_id: string
  readonly step: JournalStep
  readonly end?: JobEnd
}

export interface JobJournal {
  /** On the disk when it resolves. */
  note(jobId: string, step: Exclude<JournalStep, 'ended'>): Promise<void>
  noteEnd(jobId: string, end: JobEnd): Promise<void>
  /** True for a job that was begun here once. */
  has(jobId: string): boolean
  /** How jobs ended of which the server hasn't been told. */
  unreported(): ReadonlyMap<string, JobEnd>
  /** Jobs that were in hand when the last client ended, and how far they were. */
  abandoned(): ReadonlyMap<string, 'claimed' | 'sending'>
  close(): Promise<void>
}

const FILE_NAME = 'journal.jsonl'
/** A job that is begun has lapsed long before so many others are printed. */
const JOBS_KEPT = 1_000
/** The file is written anew when it has grown to so many lines. */
const LINES_MAX = 10_000

export async function openJobJournal(stateDir: string): Promise<JobJournal> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  const journal = new FileJournal(join(stateDir, FILE_NAME))
  await journal.open()
  return journal
}

class FileJournal implements JobJournal {
  readonly #path: string
  readonly #jobs = new Map<string, Line>()
  #file: FileHandle | null = null
  #lineCount = 0
  /** A line may have been written in part, on a disk that was full: the next one begins anew. */
  #isTorn = false
  /** One write at a time: the jobs of several printers share the file. */
  #writing: Promise<void> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
  }

  async open(): Promise<void> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    for (const line of text.split('\n')) this.#remember(parseLine(line))
    await this.#compact()
  }

  has(jobId: string): boolean {
    return this.#jobs.has(jobId)
  }

  unreported(): ReadonlyMap<string, JobEnd> {
    return new Map(
      [...this.#jobs].flatMap(([jobId, { end, step }]) => (step === 'ended' && end ? [[jobId, end]] : [])),
    )
  }

  abandoned(): ReadonlyMap<string, 'claimed' | 'sending'> {
    return new Map(
      [...this.#jobs].flatMap(([jobId, { step }]) =>
        step === 'claimed' || step === 'sending' ? [[jobId, step]] : [],
      ),
    )
  }

  note(jobId: string, step: Exclude<JournalStep, 'ended'>): Promise<void> {
    return this.#append({ job_id: jobId, step })
  }

  noteEnd(jobId: string, end: JobEnd): Promise<void> {
    return this.#append({ job_id: jobId, step: 'ended', end })
  }

  async close(): Promise<void> {
    await this.#writing
    await this.#file?.close()
    this.#file = null
  }

  #append(line: Line): Promise<void> {
    this.#remember(line)
    const written = this.#writing.then(async () => {
      if (this.#lineCount >= LINES_MAX) return this.#compact()
      const start = this.#isTorn ? '\n' : ''
      this.#isTorn = true
      await this.#file?.appendFile(`${start}${JSON.stringify(line)}\n`)
      await this.#file?.datasync()
      this.#isTorn = false
      this.#lineCount += 1
    })
    this.#writing = written.catch(() => undefined)
    return written
  }

  #remember(line: Line | undefined): void {
    if (!line) return
    this.#jobs.delete(line.job_id)
    this.#jobs.set(line.job_id, line)
    for (const [jobId, { step }] of this.#jobs) {
      if (this.#jobs.size <= JOBS_KEPT) return
      if (step === 'reported' || step === 'unknown') this.#jobs.delete(jobId)
    }
  }

  /** The whole file or the one before, whenever the power fails. */
  async #compact(): Promise<void> {
    const lines = [...this.#jobs.values()].map((line) => `${JSON.stringify(line)}\n`)
    const temporary = `${this.#path}.new`
    await writeFile(temporary, lines.join(''), { mode: 0o600, flush: true })
    await rename(temporary, this.#path)
    // Or what is noted from now on would be in a file that nobody finds.
    await syncFolder(dirname(this.#path))
    await this.#file?.close()
    this.#file = await open(this.#path, 'a', 0o600)
    await this.#file.sync()
    this.#lineCount = lines.length
    this.#isTorn = false
  }
}

/** Undefined for the half of a line that a kill may leave at the end. */
function parseLine(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line
  } catch {
    return undefined
  }
}
