import type { JobEnd } from './thermal-job-store.ts'

/** Whoever waits for the end of jobs, whichever process writes it. */
export class JobOutcomes {
  readonly #waiting = new Map<string, Set<(end: JobEnd) => void>>()
  readonly #list: (jobIds: readonly string[]) => Promise<readonly JobEnd[]>

  /** `list` answers those among the jobs that have ended. */
  constructor(list: (jobIds: readonly string[]) => Promise<readonly JobEnd[]>) {
    this.#list = list
  }

  /**
   * Undefined when `signal` is aborted first: nobody is there to be told. Never rejects: that nobody can look just now says
   * nothing of the job, and whoever heard of a failure would send it once more.
   */
  async wait(jobId: string, signal: AbortSignal): Promise<JobEnd | undefined> {
    let settle: (end?: JobEnd) => void = () => undefined
    const ended = new Promise<JobEnd | undefined>((resolve) => {
      settle = resolve
    })
    const stop = () => settle(undefined)
    signal.addEventListener('abort', stop)
    const others = this.#waiting.get(jobId) ?? new Set()
    this.#waiting.set(jobId, others.add(settle))
    try {
      if (signal.aborted) return undefined
      // It may have ended before anybody listened. What this look can't see, a later one does.
      await this.look([jobId]).catch(() => undefined)
      return await ended
    } finally {
      signal.removeEventListener('abort', stop)
      others.delete(settle)
      if (others.size === 0) this.#waiting.delete(jobId)
    }
  }

  /** Tells those who wait for one of these jobs, or for any, if it has ended. */
  async look(jobIds: readonly string[] = [...this.#waiting.keys()]): Promise<void> {
    const waited = jobIds.filter((jobId) => this.#waiting.has(jobId))
    if (waited.length === 0) return
    for (const end of await this.#list(waited)) {
      for (const settle of this.#waiting.get(end.jobId) ?? []) settle(end)
    }
  }
}
