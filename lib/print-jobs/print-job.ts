import type { PrintTarget } from '../printers/print-target.ts'

export type PrintJobStatus = 'queued' | 'processing' | 'completed' | 'failed' | 'canceled'

/** contracts/cloud-printing.md, section 3, `configuration` and `options`. */
export interface PrintOptions {
  readonly copies: number
  readonly colorPrint: boolean
  readonly doubleSided: boolean
  readonly orientation: 'portrait' | 'landscape'
  /** Key of the paper size registry; null: no constraint. */
  readonly paperSize: string | null
  readonly printAllPages: boolean
  readonly pagesToPrint: readonly string[] | null
  readonly reverseOrder: boolean
  readonly scaling: number | null
  readonly totalPages: number | null
}

export const DEFAULT_PRINT_OPTIONS: Omit<PrintOptions, 'totalPages'> = {
  copies: 1,
  colorPrint: false,
  doubleSided: false,
  orientation: 'portrait',
  paperSize: null,
  printAllPages: true,
  pagesToPrint: null,
  reverseOrder: false,
  scaling: null,
}

export interface PrintJob {
  readonly jobId: string
  readonly name: string
  readonly status: PrintJobStatus
  readonly reason: string | null
  readonly documentId: string
  readonly mediaType: string
  readonly locationId: string
  readonly station: { readonly stationId: string; readonly name: string; readonly displayName: string }
  readonly printer: { readonly printerId: string; readonly name: string; readonly model: string | null }
  readonly printTarget: PrintTarget | null
  readonly resourceType: string | null
  readonly resourceId: string | null
  readonly resourceDocument: string | null
  readonly options: PrintOptions
  readonly userName: string
  readonly merchantId: string | null
  readonly instructionId: number | null
  readonly confirmationId: string | null
  readonly reprintOf: string | null
  readonly reprintReason: string | null
  readonly warnings: readonly string[]
  /** What keeps a queued job waiting now: `media-empty`, `connecting-to-device`, … */
  readonly stateReasons: readonly string[]
  /** While a station client has the job: after that time it is failed as `claim-timeout`. */
  readonly claim: { readonly expiresAt: Date } | null
  readonly createdBy: string
  readonly updatedBy: string
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly expiresAt: Date
  /** W3C Trace Context of the request that made it. */
  readonly traceparent: string | null
}
