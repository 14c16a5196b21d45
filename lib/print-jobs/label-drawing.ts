import type { Db } from '../db/database.ts'
import type { InspectedDocument, StoredDocument } from '../documents/document.ts'
import type { Printer } from '../printers/printer.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import type { RoutingCandidate } from '../printers/routing.ts'
import { chooseFormat } from './delivery-format.ts'
import { createDrivenPrinters } from './driven-printers.ts'
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
  /** For the printer that was chosen for it; undefined where the database would have to be asked about that. */
  placeAt(job: ExaminedJob, printer: RoutingCandidate): PrintingPlace | undefined
  /** Whoever sends the job finds it made. Throws UnreadableError. */
  draw(documentId: string, place: PrintingPlace & { readonly isBeforehand?: boolean }): Promise<void>
}

export function createLabelDrawing(options: {
  readonly db: Db
  readonly printers: PrintersService
  readonly printJobs: PrintJobsService
  readonly printable: PrintableDocuments
}): LabelDrawing {
  const { db, printJobs, printable } = options
  const driven = createDrivenPrinters(options)
  return {
    async placeOf(job) {
      const { chosen } = await printJobs.route(db, job)
      return chosen && placeOn(job, await driven.at(chosen.id, chosen.version))
    },

    placeAt(job, { id, version }) {
      const printer = driven.kept(id, version)
      return printer && placeOn(job, printer)
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

function placeOn({ document, options, printTarget }: ExaminedJob, printer: Printer): PrintingPlace {
  const settings = completeOptions(options, document)
  const firstPage = { widthPt: document.firstPageWidthPt, heightPt: document.firstPageHeightPt }
  return { printer, medium: mediumOf({ options: settings, printTarget }, printer, firstPage), settings }
}
