import { setTimeout as pause } from 'node:timers/promises'

import { cancelQuietly } from './ipp-cancellation.ts'
import type { IppClient, WhichJobs } from './ipp-client.ts'
import { IppDecodeError } from './ipp-decoder.ts'
import type { JobIdentity } from './ipp-job-identity.ts'
import { type IppJobView, JOB_ATTRIBUTES, toJobView } from './ipp-job-state.ts'
import { groupOf, type IppMessage } from './ipp-message.ts'
import { attentionReason, readPrinterState } from './ipp-printer-state.ts'
import { STATUS, statusClass } from './ipp-status.ts'
import { GROUP } from './ipp-tags.ts'
import { IppTransportError } from './ipp-transport-error.ts'

export interface WatchLimits {
  readonly pollFirstMs: number
  readonly pollMaxMs: number
  /** A job that the printer works on without complaint, and without another page coming out. */
  readonly jobMs: number
  /** A job that waits for a person at the printer: paper, jam, cover. */
  readonly attentionMs: number
  /** No answer at all. */
  readonly unreachableMs: number
}

export interface WatchedJob {
  /** Null when the printer never told it: the job is then looked for by its name. */
  readonly id: number | null
  readonly identity: JobIdentity
  /** The printer has told the number just now, so that it can't have started anew since. */
  readonly isNumberNew: boolean
  /**
   * Nobody is sending its document any more: if it stands there without one, it is taken back. Null while that may
   * still come.
   */
  readonly takenBackAs: string | null
  readonly signal: AbortSignal
}

/** What became of a job: its last state, or why we can't tell. */
export type JobEnd =
  | {
      readonly phase: 'canceled' | 'aborted' | 'completed'
      readonly words: string
      readonly impressions: number
      readonly kilooctets: number | null
      /** It was taken back before anything of it was worked on. */
      readonly isTakenBack: boolean
    }
  | { readonly phase: 'lost'; readonly words: string }
  /** We were told to stop; the job goes on. */
  | { readonly phase: 'left'; readonly words: string }

/** How often a job that should be there is looked for before it counts as lost: a printer lists it a moment late. */
const ABSENT_LOOKS_MAX = 3
const NO_LONGER_KNOWN = new Set<number>([STATUS.notPossible, STATUS.notFound, STATUS.gone])

type Seen = IppJobView | 'absent' | 'silent'

/** Follows one job at the printer to its end, by polling: few printers can notify. */
export class IppJobWatch {
  readonly #client: IppClient
  readonly #limits: WatchLimits
  readonly #onStateReasons: (reasons: readonly string[]) => void

  constructor(client: IppClient, limits: WatchLimits, onStateReasons: (reasons: readonly string[]) => void) {
    this.#client = client
    this.#limits = limits
    this.#onStateReasons = onStateReasons
  }

  async follow(job: WatchedJob): Promise<JobEnd> {
    const progress = new WatchProgress(this.#limits)
    let { id, isNumberNew } = job
    let isTakenBack = false
    for (
      let intervalMs = this.#limits.pollFirstMs;
      ;
      intervalMs = Math.min(intervalMs * 2, this.#limits.pollMaxMs)
    ) {
      if (job.signal.aborted) return { phase: 'left', words: 'stopped waiting for the printer' }
      const seen = await this.#look(id, job, isNumberNew)
      isNumberNew = false
      if (typeof seen === 'object' && seen.phase !== 'open')
        return { ...seen, phase: seen.phase, isTakenBack }
      if (seen !== 'silent') id = seen === 'absent' ? null : seen.id
      isTakenBack = (await this.#takeBack(seen, job)) || isTakenBack
      progress.note(await this.#impression(seen, job.signal), pagesOf(seen))
      if (progress.complaint !== undefined) return lost(progress.complaint)
      await pause(intervalMs, undefined, { signal: job.signal }).catch(() => undefined)
    }
  }

  async #impression(seen: Seen, signal: AbortSignal): Promise<'silent' | 'absent' | 'attention' | 'working'> {
    return typeof seen === 'object' ? this.#attention(signal) : seen
  }

  async #takeBack(seen: Seen, { takenBackAs }: WatchedJob): Promise<boolean> {
    if (takenBackAs === null || typeof seen !== 'object' || !seen.isWithoutDocument) return false
    await cancelQuietly(this.#client, seen.id, takenBackAs)
    return true
  }

  async #look(id: number | null, job: WatchedJob, isNumberNew: boolean): Promise<Seen> {
    try {
      return id === null ? await this.#find(job) : await this.#get(id, job, isNumberNew)
    } catch (error) {
      if (isNoAnswer(error)) return 'silent'
      throw error
    }
  }

  async #get(id: number, job: WatchedJob, isNumberNew: boolean): Promise<Seen> {
    const response = await this.#client.getJobAttributes(id, JOB_ATTRIBUTES, job.signal)
    if (NO_LONGER_KNOWN.has(response.code)) return this.#find(job)
    const view = toJobView(groupOf(response, GROUP.job))
    if (view === undefined) return 'silent'
    if (isNumberNew) job.identity.learn(view)
    return job.identity.isOurs(view) ? view : this.#find(job)
  }

  async #find(job: WatchedJob): Promise<Seen> {
    const lists: IppMessage[] = []
    // In this order a job that ends between the two looks is seen in the second.
    for (const which of ['not-completed', 'completed'] satisfies WhichJobs[]) {
      lists.push(await this.#client.getJobs(which, JOB_ATTRIBUTES, job.signal))
    }
    const views = lists
      .flatMap((list) => list.groups.filter((group) => group.tag === GROUP.job))
      .flatMap((group) => toJobView(group) ?? [])
    const found = views
      .filter((view) => job.identity.isNamed(view))
      .sort((a, b) => b.id - a.id || rank(a) - rank(b))[0]
    if (found !== undefined) return found
    return lists.some((list) => statusClass(list.code) === 'retry') ? 'silent' : 'absent'
  }

  async #attention(signal: AbortSignal): Promise<'attention' | 'working'> {
    const state = await readPrinterState(this.#client, signal).catch((error: unknown) => {
      if (isNoAnswer(error)) return undefined
      throw error
    })
    if (state !== undefined) this.#onStateReasons(state.stateReasons)
    if (state === undefined) return 'working'
    const isUndisturbed = !state.isStopped && attentionReason(state.stateReasons) === undefined
    return isUndisturbed ? 'working' : 'attention'
  }
}

/** A job in both lists ended between the two looks. */
function rank(view: IppJobView): number {
  return view.phase === 'open' ? 1 : 0
}

function pagesOf(seen: Seen): number {
  return typeof seen === 'object' ? seen.impressions : 0
}

function lost(words: string): JobEnd {
  return { phase: 'lost', words }
}

function isNoAnswer(error: unknown): boolean {
  return error instanceof IppTransportError || error instanceof IppDecodeError
}

/** Which limit has run out. Time spent waiting for a person, or in which pages come out, doesn't count as the printer's own. */
class WatchProgress {
  readonly #limits: WatchLimits
  readonly #startedAt = performance.now()
  #workingSince = this.#startedAt
  #answeredAt = this.#startedAt
  #absentLooks = 0
  #pages = 0
  #now = this.#startedAt

  constructor(limits: WatchLimits) {
    this.#limits = limits
  }

  note(seen: 'silent' | 'absent' | 'attention' | 'working', pages: number): void {
    this.#now = performance.now()
    if (seen !== 'silent') this.#answeredAt = this.#now
    if (seen === 'attention' || pages > this.#pages) this.#workingSince = this.#now
    this.#pages = Math.max(this.#pages, pages)
    this.#absentLooks = seen === 'absent' ? this.#absentLooks + 1 : 0
  }

  get complaint(): string | undefined {
    const { unreachableMs, jobMs, attentionMs } = this.#limits
    if (this.#absentLooks >= ABSENT_LOOKS_MAX) return 'the printer knows no such job'
    if (this.#now - this.#answeredAt > unreachableMs)
      return `the printer gave no answer for ${unreachableMs} ms`
    if (this.#now - this.#workingSince > jobMs) return `the printer had not ended the job after ${jobMs} ms`
    if (this.#now - this.#startedAt > attentionMs)
      return `nobody attended to the printer for ${attentionMs} ms`
    return undefined
  }
}
