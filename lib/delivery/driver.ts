/**
 * The one interface between the dispatcher and a printer: one driver per file behind it.
 * contracts/printing.md, sections "Delivery drivers" and "Outcome: the ledger".
 */
export interface Delivery {
  readonly jobId: string
  readonly jobName: string
  /** Shown by the printer as the job's owner. */
  readonly userName: string
  readonly bytes: Uint8Array
  readonly mediaType: string
  /** PNG of what a printer would make of it, where somebody has drawn that already. */
  readonly picture?: Uint8Array
  readonly copies: number
  readonly sides: 'one-sided' | 'two-sided-long-edge' | 'two-sided-short-edge'
  readonly colorMode: 'color' | 'monochrome'
}

export interface DeliveryContext {
  /**
   * Called exactly once, after the printer is reached and before the first byte of the document leaves. Resolves when
   * the ledger knows that bytes may go out; rejects when this process may not send (lease lost): send nothing then.
   */
  beforeFirstByte(): Promise<void>
  /** Aborted when the server drains or the job is canceled. Once bytes went out, an abort ends in `unknown`. */
  readonly signal: AbortSignal
}

export type DeliveryOutcome = 'not_sent' | 'sent' | 'confirmed' | 'unknown'

export interface DeliveryResult {
  readonly outcome: DeliveryOutcome
  readonly bytesOffered: number
  readonly bytesWritten: number
  /** What happened, for a person: `connection reset after 512 of 2048 bytes`. */
  readonly detail: string
  /**
   * What may follow a `not_sent`: `retry` holds the queue and tries again; `fail` means that it will never be accepted,
   * or that the device says it didn't print; `cancel` that somebody canceled it at the device.
   */
  readonly next: 'retry' | 'fail' | 'cancel'
  /** Keyword of contracts/cloud-printing.md, "Reasons": `connecting-to-device`, `aborted-by-system`, … */
  readonly reason: string | null
  /** IPP printer-state-reasons with their severity suffix taken off, without `none`. */
  readonly stateReasons: readonly string[]
}

export interface Driver {
  deliver(delivery: Delivery, context: DeliveryContext): Promise<DeliveryResult>
  /** Releases kept-alive connections. */
  close(): Promise<void>
}
