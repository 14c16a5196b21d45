import type { IppConnection } from './connection.ts'
import type {
  Delivery,
  DeliveryContext,
  DeliveryResult,
  DeviceLook,
  Driver,
  InterruptedDelivery,
} from './driver.ts'
import { firstAbort } from './first-abort.ts'
import { IppClient } from './ipp-client.ts'
import { IppDecodeError } from './ipp-decoder.ts'
import { toEndpoint } from './ipp-endpoint.ts'
import { JobIdentity } from './ipp-job-identity.ts'
import { IppJobWatch, type WatchLimits } from './ipp-job-watch.ts'
import { outcomeOf } from './ipp-outcome.ts'
import { describePrinter } from './ipp-printer-description.ts'
import { heldByState, refusedByError, stateUntold, troubleAtWork } from './ipp-refusal.ts'
import { IppSubmission } from './ipp-submission.ts'
import type { IppTimeouts } from './ipp-transport.ts'
import { IppTransportError } from './ipp-transport-error.ts'
import { onStateChange } from './state-change.ts'

export interface IppLimits extends WatchLimits {
  /** No answer at all about a job that another process began: a power cut has switched off the printer too. */
  readonly recoverMs: number
}

export interface IppDriverOptions {
  readonly timeouts?: Partial<IppTimeouts>
  readonly limits?: Partial<IppLimits>
  /** What keeps the printer from working while it has a job: `['media-empty']`, then `[]`. Called on every change. */
  readonly onStateReasons?: (reasons: readonly string[]) => void
}

const TIMEOUTS: IppTimeouts = { connectMs: 5_000, responseMs: 30_000, requestMs: 60_000, documentMs: 600_000 }

const LIMITS: IppLimits = {
  pollFirstMs: 100,
  pollMaxMs: 2_000,
  // 1000 pages, the most that a document has, at 17 a minute, of a printer that doesn't count them.
  jobMs: 3_600_000,
  // A shift: paper that nobody has loaded by then is no longer on anybody's way.
  attentionMs: 8 * 3_600_000,
  unreachableMs: 60_000,
  recoverMs: 300_000,
}

const NOTHING = { bytesOffered: 0, bytesWritten: 0 }

/** Prints by Create-Job and Send-Document, or by Print-Job, and knows what became of it: contracts/printing.md, "Delivery drivers" and "Outcome". */
export class IppDriver implements Driver {
  readonly #client: IppClient
  readonly #limits: IppLimits
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
      if ('refusal' in description) return { kind: 'held', result: stateUntold(description.refusal, 0) }
      const { state, abilities } = description
      const result = heldByState(state, NOTHING)
      if (result) return { kind: 'held', result }
      return { kind: 'ready', abilities, trouble: troubleAtWork(state, NOTHING) }
    } catch (error) {
      if (!(error instanceof IppTransportError || error instanceof IppDecodeError)) throw error
      return { kind: 'held', result: refusedByError(error, NOTHING) }
    }
  }

  async deliver(delivery: Delivery, context: DeliveryContext): Promise<DeliveryResult> {
    const submission = await new IppSubmission(this.#client, delivery, context).run()
    if (submission.kind === 'refused') return submission.result
    const { signal, release } = firstAbort(context.signal, context.leaving)
    try {
      const end = await this.#watch(this.#limits).follow({
        id: submission.jobId,
        identity: new JobIdentity(delivery),
        isNumberNew: submission.jobId !== null,
        takenBackAs: submission.isWhole ? null : delivery.userName,
        signal,
      })
      return outcomeOf(end, { ...submission, bytesOffered: delivery.bytes.length })
    } finally {
      release()
    }
  }

  async recover(interrupted: InterruptedDelivery, signal: AbortSignal): Promise<DeliveryResult> {
    const { deviceJobId, userName, bytesOffered, bytesWritten } = interrupted
    const { recoverMs } = this.#limits
    const end = await this.#watch({ ...this.#limits, unreachableMs: recoverMs }).follow({
      id: deviceJobId,
      identity: new JobIdentity(interrupted),
      isNumberNew: false,
      takenBackAs: userName,
      signal,
    })
    return outcomeOf(end, {
      bytesOffered,
      bytesWritten,
      isWhole: bytesWritten >= bytesOffered,
      detail: 'the server stopped while it was sent',
    })
  }

  async close(): Promise<void> {
    this.#client.close()
  }

  #watch(limits: WatchLimits): IppJobWatch {
    return new IppJobWatch(this.#client, limits, onStateChange(this.#onStateReasons))
  }
}
