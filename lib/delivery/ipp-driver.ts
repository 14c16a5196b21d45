import type { IppConnection } from './connection.ts'
import { notSent, printed, unknownOutcome, unreachable } from './delivery-result.ts'
import type { Delivery, DeliveryContext, DeliveryResult, DeviceLook, Driver } from './driver.ts'
import { IppClient, jobMarker } from './ipp-client.ts'
import { IppDecodeError } from './ipp-decoder.ts'
import { toEndpoint } from './ipp-endpoint.ts'
import { IppJobWatch, type JobEnd, type WatchLimits } from './ipp-job-watch.ts'
import { describePrinter } from './ipp-printer-description.ts'
import { heldByState, refusedByError, STATE_UNTOLD } from './ipp-refusal.ts'
import { IppSubmission, type SubmittedJob } from './ipp-submission.ts'
import type { IppTimeouts } from './ipp-transport.ts'
import { IppTransportError } from './ipp-transport-error.ts'
import { onStateChange } from './state-change.ts'

export interface IppDriverOptions {
  readonly timeouts?: Partial<IppTimeouts>
  readonly limits?: Partial<WatchLimits>
  /** What keeps the printer from working while it has a job: `['media-empty']`, then `[]`. Called on every change. */
  readonly onStateReasons?: (reasons: readonly string[]) => void
}

const TIMEOUTS: IppTimeouts = { connectMs: 5_000, responseMs: 30_000, requestMs: 60_000, documentMs: 600_000 }

const LIMITS: WatchLimits = {
  pollFirstMs: 100,
  pollMaxMs: 2_000,
  jobMs: 600_000,
  // A shift: paper that nobody has loaded by then is no longer on anybody's way.
  attentionMs: 8 * 3_600_000,
  unreachableMs: 60_000,
}

const NOTHING = { bytesOffered: 0, bytesWritten: 0 }

/** Prints by Create-Job and Send-Document, or by Print-Job, and knows what became of it: contracts/printing.md, "Delivery drivers" and "Outcome". */
export class IppDriver implements Driver {
  readonly #client: IppClient
  readonly #limits: WatchLimits
  readonly #onStateReasons: (reasons: readonly string[]) => void

  /** Throws TypeError for a URI that is none of IPP's. */
  constructor(connection: IppConnection, options: IppDriverOptions = {}) {
    const timeouts = { ...TIMEOUTS, ...options.timeouts }
    this.#client = new IppClient({ endpoint: toEndpoint(connection), timeouts })
    this.#limits = { ...LIMITS, ...options.limits }
    this.#onStateReasons = options.onStateReasons ?? (() => undefined)
  }

  async look(signal: AbortSignal): Promise<DeviceLook> {
    try {
      const description = await describePrinter(this.#client, signal)
      if (description === undefined) return { kind: 'held', result: unreachable(0, STATE_UNTOLD) }
      const result = heldByState(description.state, NOTHING)
      return result ? { kind: 'held', result } : { kind: 'ready', abilities: description.abilities }
    } catch (error) {
      if (!(error instanceof IppTransportError || error instanceof IppDecodeError)) throw error
      return { kind: 'held', result: refusedByError(error, NOTHING) }
    }
  }

  async deliver(delivery: Delivery, context: DeliveryContext): Promise<DeliveryResult> {
    const submission = await new IppSubmission(this.#client, delivery, context).run()
    if (submission.kind === 'refused') return submission.result
    return this.#follow(delivery, submission, context.signal)
  }

  /**
   * What became of a delivery whose process ended: asks the printer for the job by its id in the name, sends nothing.
   * `unknown` when the printer can't tell.
   */
  async recover(delivery: Delivery, bytesWritten: number, signal: AbortSignal): Promise<DeliveryResult> {
    return this.#follow(
      delivery,
      { kind: 'submitted', jobId: null, bytesWritten, detail: 'interrupted' },
      signal,
    )
  }

  async close(): Promise<void> {
    this.#client.close()
  }

  async #follow(delivery: Delivery, submitted: SubmittedJob, signal: AbortSignal): Promise<DeliveryResult> {
    const watch = new IppJobWatch(this.#client, this.#limits, onStateChange(this.#onStateReasons))
    const end = await watch.follow({ id: submitted.jobId, marker: jobMarker(delivery.jobId), signal })
    return toResult(delivery, submitted, end)
  }
}

function toResult(delivery: Delivery, submitted: SubmittedJob, end: JobEnd): DeliveryResult {
  const bytesOffered = delivery.bytes.length
  const { bytesWritten } = submitted
  const words = end.phase === 'lost' ? end.words : `job ${end.phase}: ${end.words}`
  const detail = [submitted.detail, words].filter(Boolean).join('; ')
  const ending = { bytesOffered, bytesWritten, detail }
  if (end.phase === 'completed') return printed('confirmed', ending)
  if (end.phase === 'lost') return unknownOutcome({ ...ending, detail: `${detail}; it may have printed` })
  if (end.impressions > 0) {
    return unknownOutcome({ ...ending, detail: `${detail}; ${end.impressions} impressions came out` })
  }
  if (end.phase === 'canceled')
    return notSent({ ...ending, next: 'cancel', reason: 'job-canceled-at-device' })
  const isCutShort = bytesWritten < bytesOffered
  return notSent({
    ...ending,
    next: 'fail',
    reason: isCutShort ? 'submission-interrupted' : 'aborted-by-system',
  })
}
