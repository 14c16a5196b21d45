import type { Db } from '../db/database.ts'
import type { InspectedDocument, StoredDocument } from '../documents/document.ts'
import type { Printer } from '../printers/printer.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import { chooseFormat } from './delivery-format.ts'
import type { PrintOptions } from './print-job.ts'
import type { PrintJobsService } from './print-jobs-service.ts'
import { completeOptions } from './print-options.ts'
import type { PrintableDocuments } from './printable-documents.ts'
import { type Medium, mediumOf } from './printed-medium.ts'

export type RoutedJob = Parameters<PrintJobsService['route']>[1]
export interface ExaminedJob extends RoutedJob {
  /** One that isn't stored yet is at hand. */
  readonly document: StoredDocument | InspectedDocument
}

/** The printer that a job would go to, and what it would be printed on there. */
export interface PrintingPlace {
  readonly printer: Printer
  readonly medium: Medium
  readonly settings: PrintOptions
}

/** Jobs are drawn for the printer that they would be routed to before there are any. */
export interface LabelDrawing {
  /** Null where no printer would take it. */
  placeOf(job: ExaminedJob): Promise<PrintingPlace | null>
  /** Whoever sends the job finds it made. Throws UnreadableError. */
  draw(documentId: string, place: PrintingPlace & { readonly isBeforehand?: boolean }): Promise<void>
}

export function createLabelDrawing(options: {
  readonly db: Db
  readonly printers: PrintersService
  readonly printJobs: PrintJobsService
  readonly printable: PrintableDocuments
}): LabelDrawing {
  const { db, printers, printJobs, printable } = options
  return {
    async placeOf(job) {
      const { document } = job
      const { chosen } = await printJobs.route(db, job)
      if (!chosen) return null
      const printer = await printers.getPrinter(db, chosen.id)
      const settings = completeOptions(job.options, document)
      const firstPage = { widthPt: document.firstPageWidthPt, heightPt: document.firstPageHeightPt }
      const medium = mediumOf({ options: settings, printTarget: job.printTarget }, printer, firstPage)
      return { printer, medium, settings }
    },

    async draw(documentId, { printer, medium, settings, isBeforehand = false }) {
      // Its client draws by itself.
      if (printer.connection.type === 'station') return
      // An IPP printer isn't asked what it takes: most take the PDF.
      const format = chooseFormat(printer, settings, null)
      await printable.make({ documentId, options: settings, isBeforehand }, medium, format)
    },
  }
}
