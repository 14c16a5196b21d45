import type { ReceiptOrder } from '../thermal/receipt-order.ts'
import type { ThermalResults } from '../thermal/receipt-work.ts'
import type {
  PageRequest,
  PrintableDocument,
  PrintRequest,
  RasterRequest,
  SheetRequest,
} from './print-request.ts'

/** What the workers do with a document. Every call has a wall-clock limit and never blocks the server's own thread. */
export interface Rendering {
  inspect(bytes: Uint8Array, limits: InspectionLimits): Promise<Inspection>
  /** One PDF page of that size with the picture centred, fitted if larger, never enlarged; at its own density. */
  wrapImage(bytes: Uint8Array, page: PageSize): Promise<Uint8Array>
  /**
   * A PDF with a job's settings applied: the very bytes of a PDF where nothing changes. `untilWanted`: nobody waits for it
   * until that is aborted, and others go first so long.
   */
  arrange(request: PageRequest, untilWanted?: AbortSignal): Promise<PrintableDocument>
  /** The same in a language of printers that take no PDF. */
  print(request: PrintRequest, untilWanted?: AbortSignal): Promise<PrintableDocument>
  /** One sheet of what `arrange` or `print` make, as PNG; undefined past the last. */
  drawSheet(request: SheetRequest): Promise<Uint8Array | undefined>
  /** Warnings about a label as it would be printed: `barcode-illegible: …`, `label-not-found: …`. */
  examine(request: RasterRequest, untilWanted?: AbortSignal): Promise<readonly string[]>
  /** One page of a PDF as PNG, white behind it; `page` counts from 1. */
  drawPage(pdf: Uint8Array, page: number, dpi: number, options?: DrawingOptions): Promise<Uint8Array>
  /**
   * The grey of a PNG or JPEG, scaled; undefined for what can't be decoded, is too much work, or would be higher than
   * `maxHeightDots`.
   */
  decodeGrey(bytes: Uint8Array, scale: GreyScale): Promise<GreyPixels | undefined>
  /** A message, JSON in UTF-8, as a receipt. It and the two that follow leave a worker to documents. */
  makeReceipt(message: Uint8Array, order: ReceiptOrder): Promise<ThermalResults['makeReceipt']>
  outlineMessage(message: Uint8Array): Promise<ThermalResults['outlineMessage']>
  readTemplate(message: Uint8Array, name: string): Promise<ThermalResults['readTemplate']>
  close(): Promise<void>
}

export interface GreyScale {
  /** Null: one dot a pixel, but no more than `maxWidthDots`. */
  readonly widthDots: number | null
  readonly maxWidthDots: number
  readonly maxHeightDots: number
}

/** Rows from the top, a byte a dot, 0 is black. */
export interface GreyPixels {
  readonly width: number
  readonly height: number
  readonly grey: Uint8Array
}

export interface DrawingOptions {
  /** 1 bit a pixel, black below 128, without dithering: what a thermal head can print. */
  readonly isBlackAndWhite?: boolean
}

export type DocumentType = 'application/pdf' | 'image/png' | 'image/jpeg'

export interface PageSize {
  /** In points of 1/72 in, as seen: crop box, rotation and user unit applied. */
  readonly widthPt: number
  readonly heightPt: number
}

export interface InspectionLimits {
  /** Resolution at which no page may pass 64 megapixels. */
  readonly dpi: number
}

/** `inspect` throws UnreadableError for anything it can't vouch for. */
export interface Inspection {
  readonly mediaType: DocumentType
  readonly pageCount: number
  readonly firstPage: PageSize
  readonly isEncrypted: boolean
}

export type UnreadableReason = 'wrong_type' | 'unreadable' | 'too_large'

/** The document is at fault, not the server: contracts/rpc.md, section 8, `reason`. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError'
  readonly reason: UnreadableReason
  constructor(reason: UnreadableReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}
