import { setTimeout as pause } from 'node:timers/promises'
import { SocketError } from './socket-connection.ts'
import type { ZebraDialogue } from './zebra-dialogue.ts'
import { isStopped, type ZebraStatus } from './zebra-status.ts'

export interface ZebraWatchLimits {
  /** One answer after the document. */
  readonly answerMs: number
  readonly pollFirstMs: number
  readonly pollMaxMs: number
  /** Between questions to a printer that waits for a person. */
  readonly attentionPollMs: number
  /** Labels that a printer without complaint works on. */
  readonly jobMs: number
  /** The end of a format, of which nothing more comes: a document that ends amid one. */
  readonly openFormatMs: number
  /** Labels that wait for a person at the printer. */
  readonly attentionMs: number
  /** No answer any more from one that gave some. */
  readonly silentMs: number
}

export interface ZebraWatcher {
  readonly signal: AbortSignal
  /** Hears every answer. */
  onStatus(status: ZebraStatus): void
}

/** What became of labels, as far as their printer tells. */
export type ZebraEnd =
  /** Nothing is left to print; what stops the printer now is in the status. */
  | { readonly kind: 'done'; readonly status: ZebraStatus }
  /** It said nothing at all after the document. */
  | { readonly kind: 'silent' }
  /** Labels were left when the wait was over; `status` is the last that was heard, `isHeard` that it is of now. */
  | { readonly kind: 'left'; readonly status: ZebraStatus; readonly words: string; readonly isHeard: boolean }

/** A format that has left the buffer may not be counted among the labels yet: one answer proves nothing. */
const DONE_ANSWERS = 2

/** Asks a printer until it has nothing left to print. Throws SocketError. */
export async function watchZebra(
  dialogue: ZebraDialogue,
  limits: ZebraWatchLimits,
  { signal, onStatus }: ZebraWatcher,
): Promise<ZebraEnd> {
  const progress = new Progress(limits)
  for (let waitMs = limits.pollFirstMs; ; waitMs = Math.min(waitMs * 2, limits.pollMaxMs)) {
    const status = await dialogue.ask(limits.answerMs).catch((error: unknown) => {
      if (error instanceof SocketError && signal.aborted) return undefined
      throw error
    })
    if (status) onStatus(status)
    const end = progress.endAfter(status, signal.aborted)
    if (end) return end
    const pauseMs = status && isStopped(status) ? limits.attentionPollMs : waitMs
    await pause(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}

/** What was heard so far, and which limit has run out. Waiting for a person doesn't count as the printer's own time. */
class Progress {
  readonly #limits: ZebraWatchLimits
  readonly #startedAt = performance.now()
  #answeredAt = this.#startedAt
  #workingSince = this.#startedAt
  #closedAt = this.#startedAt
  #doneAnswers = 0
  #last: ZebraStatus | undefined

  constructor(limits: ZebraWatchLimits) {
    this.#limits = limits
  }

  endAfter(status: ZebraStatus | undefined, isAborted: boolean): ZebraEnd | undefined {
    const now = performance.now()
    if (status) this.#note(status, now)
    const last = this.#last
    if (last === undefined) return { kind: 'silent' }
    if (this.#doneAnswers >= DONE_ANSWERS) return { kind: 'done', status: last }
    if (isAborted)
      return { kind: 'left', status: last, words: 'the server stopped waiting for it', isHeard: true }
    const words = this.#complaintAt(now)
    return words === undefined
      ? undefined
      : { kind: 'left', status: last, words, isHeard: status !== undefined }
  }

  #note(status: ZebraStatus, now: number): void {
    this.#last = status
    this.#answeredAt = now
    if (isStopped(status)) this.#workingSince = now
    const isIdle = status.formatsWaiting === 0 && status.labelsWaiting === 0
    if (!isIdle || !status.isFormatOpen) this.#closedAt = now
    this.#doneAnswers = isIdle && !status.isFormatOpen ? this.#doneAnswers + 1 : 0
  }

  #complaintAt(now: number): string | undefined {
    const { silentMs, jobMs, openFormatMs, attentionMs } = this.#limits
    if (now - this.#closedAt > openFormatMs) return 'it waits for the end of a format'
    if (now - this.#answeredAt > silentMs) return `it gave no answer for ${silentMs} ms`
    if (now - this.#workingSince > jobMs) return `it had not printed everything after ${jobMs} ms`
    if (now - this.#startedAt > attentionMs) return `nobody attended to it for ${attentionMs} ms`
    return undefined
  }
}
