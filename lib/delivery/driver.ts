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
  /** What it is printed on, where that is known; null leaves it to the printer. */
  readonly paper: DeliveryPaper | null
}

export interface DeliveryPaper {
  readonly widthMm: number
  readonly heightMm: number
  /** False where nobody asked for a size and this is what the printer is believed to have: it may use what it likes. */
  readonly isAsked: boolean
}

/** What a device says it takes: what a document is made into before it is sent. */
export interface DeviceAbilities {
  /** Media types, in lower case: `application/pdf`, `image/pwg-raster`, `image/urf`, `image/jpeg`, … */
  readonly formats: readonly string[]
  /** Dots per inch along both edges; empty when it doesn't say. */
  readonly resolutionsDpi: readonly number[]
  /** The same for PWG raster. */
  readonly pwgResolutionsDpi: readonly number[]
  /** PWG 5102.4: `black_1`, `sgray_8`, `srgb_8`, … */
  readonly pwgTypes: readonly string[]
  /** `normal`, `rotated`, `flipped` or `manual-tumble`: how the back of a duplex sheet is fed (PWG 5102.4). */
  readonly pwgSheetBack: string | null
  /** `urf-supported`: `W8`, `SRGB24`, `RS300-600`, `DM1`, … */
  readonly urf: readonly string[]
  /** Copies that it makes by itself of one document. */
  readonly copiesMax: number
}

/**
 * What a device takes, or why it takes nothing now: a `not_sent` with `retry`. `trouble` is the same of a device that
 * waits for a person with a job of somebody else: it may take another one, and if it refused before it won't now.
 */
export type DeviceLook =
  | { readonly kind: 'ready'; readonly abilities: DeviceAbilities; readonly trouble: DeliveryResult | null }
  | { readonly kind: 'held'; readonly result: DeliveryResult }

export interface DeliveryContext {
  /**
   * Called exactly once, after the printer is reached and before the first byte of the document leaves. Resolves when
   * the ledger knows that bytes may go out; rejects when this process may not send (lease lost): send nothing then.
   * `deviceJobId` is the printer's own number of the job, where it has one by now: what became of it can be asked then.
   * `bytesOffered` is what is about to be sent, where that isn't the document once.
   */
  beforeFirstByte(deviceJobId?: number | null, bytesOffered?: number): Promise<void>
  /** The device has the whole document, as it says; what becomes of it is asked for next. Never rejects. */
  onAccepted?(): Promise<void>
  /** Aborted when the server drains or the job is canceled. Once bytes went out, an abort ends in `unknown`. */
  readonly signal: AbortSignal
  /** Aborted when the server is told to stop: a device that can be asked later is left with what it has accepted. */
  readonly leaving?: AbortSignal | undefined
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
  /** With `unknown`: this process stops before the end, and `recover` can still ask the device. Nothing is final. */
  readonly isLeftOpen?: boolean
  /** With `not_sent`: a fault of the server itself, which waiting need not mend. */
  readonly isOwnFailure?: boolean
  /** IPP printer-state-reasons with their severity suffix taken off, without `none`. */
  readonly stateReasons: readonly string[]
}

/** A delivery whose process ended after the mark, as the ledger has it. */
export interface InterruptedDelivery {
  readonly jobId: string
  readonly jobName: string
  readonly userName: string
  /** Null when the device hadn't told its number. */
  readonly deviceJobId: number | null
  readonly bytesOffered: number
  /** As many as offered when the device had said that it has them all, else 0: nobody knows. */
  readonly bytesWritten: number
}

export interface Driver {
  /** Asked before a document is made ready; absent where what the device takes is known beforehand. */
  look?(signal: AbortSignal): Promise<DeviceLook>
  deliver(delivery: Delivery, context: DeliveryContext): Promise<DeliveryResult>
  /** Asks the device what became of it, until that is known, and sends nothing; absent where no device can tell. */
  recover?(interrupted: InterruptedDelivery, signal: AbortSignal): Promise<DeliveryResult>
  /** Releases kept-alive connections. */
  close(): Promise<void>
}
