import type { DocumentSource } from '../documents/document-source.ts'
import type { PrintOptions } from './print-job.ts'

/** A print job as a caller asks for it: contracts/cloud-printing.md, section 3, "Create". */
export interface PrintJobDraft {
  readonly locationId: string
  readonly source: DocumentSource
  readonly stationId: string | null
  readonly printerName: string | null
  /** Null: named after the document. */
  readonly name: string | null
  readonly resource: { readonly type: string; readonly id: string; readonly document: string | null } | null
  readonly options: Partial<PrintOptions>
  /** Null: the default. */
  readonly expiresAt: Date | null
}
