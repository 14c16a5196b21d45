import type { ThermalResults, ThermalTask } from '../thermal/receipt-work.ts'
import type {
  PageRequest,
  PrintableDocument,
  PrintRequest,
  RasterRequest,
  SheetRequest,
} from './print-request.ts'
import type {
  DrawingOptions,
  GreyPixels,
  GreyScale,
  Inspection,
  InspectionLimits,
  PageSize,
  UnreadableReason,
} from './rendering.ts'

/** What crosses to a worker and back; only what a structured clone keeps. */
export type RenderingTask =
  | ThermalTask
  | ({ readonly kind: 'arrange' } & PageRequest)
  | ({ readonly kind: 'print' } & PrintRequest)
  | ({ readonly kind: 'drawSheet' } & SheetRequest)
  | ({ readonly kind: 'examine' } & RasterRequest)
  | { readonly kind: 'decodeGrey'; readonly bytes: Uint8Array; readonly scale: GreyScale }
  | { readonly kind: 'inspect'; readonly bytes: Uint8Array; readonly limits: InspectionLimits }
  | { readonly kind: 'wrapImage'; readonly bytes: Uint8Array; readonly page: PageSize }
  | {
      readonly kind: 'drawPage'
      readonly bytes: Uint8Array
      readonly page: number
      readonly dpi: number
      readonly options: DrawingOptions
    }

export interface RenderingResults extends ThermalResults {
  readonly arrange: PrintableDocument
  readonly print: PrintableDocument
  readonly drawSheet: Uint8Array | undefined
  readonly examine: readonly string[]
  readonly decodeGrey: GreyPixels | undefined
  readonly inspect: Inspection
  readonly wrapImage: Uint8Array
  readonly drawPage: Uint8Array
}

/** A clone of an error would lose its class and its reason. */
interface Refusal {
  readonly reason: UnreadableReason
  readonly message: string
  /** What a library threw that nobody foresaw; for the log. */
  readonly detail?: string
}

export type RenderingOutcome =
  | { readonly value: RenderingResults[RenderingTask['kind']] }
  | { readonly refusal: Refusal }
