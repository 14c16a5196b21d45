import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Db } from '../db/database.ts'
import { createDocumentIntake } from '../documents/document-intake.ts'
import { createDocumentLinks, type DocumentLinks } from '../documents/document-links.ts'
import type { DocumentsService } from '../documents/documents-service.ts'
import type { Egress } from '../egress/egress.ts'
import type { Observe } from '../observation.ts'
import { TARGET_STOCKS } from '../printers/print-target.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import type { Rendering } from '../rendering/rendering.ts'
import type { EventsService } from '../webhooks/events-service.ts'
import { createDeliveryPreparation, type PrepareDelivery } from './delivery-preparation.ts'
import { createJobIntakeService, type JobIntakeService } from './job-intake-service.ts'
import { createJobLookupService, type JobLookupService } from './job-lookup-service.ts'
import { createJobMoveService, type JobMoveService } from './job-move-service.ts'
import { createJobPreviewService, type JobPreviewService } from './job-preview-service.ts'
import { createJobProgressService, type JobProgressService } from './job-progress-service.ts'
import { createLabelChecks, type LabelChecks } from './label-checks.ts'
import type { PrintJobsService } from './print-jobs-service.ts'
import { createPrintableDocuments, type PrintableDocuments } from './printable-documents.ts'
import { createStationClientsService, type StationClientsService } from './station-clients-service.ts'

/** What callers make, read, move and report of print jobs. */
export interface JobServices {
  /** A document as it came. Throws NotFoundError. */
  readonly documentBytes: (
    documentId: string,
  ) => Promise<{ readonly mediaType: string; readonly bytes: Buffer }>
  readonly documentLinks: DocumentLinks
  readonly jobIntake: JobIntakeService
  readonly jobLookup: JobLookupService
  readonly jobMove: JobMoveService
  readonly jobPreview: JobPreviewService
  readonly jobProgress: JobProgressService
  readonly prepareDelivery: PrepareDelivery
  readonly stationClients: StationClientsService
}

interface LabelServices {
  readonly printable: PrintableDocuments
  readonly labelChecks: LabelChecks
}

interface JobParts extends LabelServices {
  readonly documents: DocumentsService
  readonly egress: Egress
  readonly events: EventsService
  readonly printers: PrintersService
  readonly printJobs: PrintJobsService
}

/** What documents are made into for printers, and what is wrong with it. */
export function createLabelServices(
  { db, rendering, log }: { readonly db: Db; readonly rendering: Rendering; readonly log: Logger },
  parts: Pick<JobParts, 'documents' | 'printers' | 'printJobs'>,
): LabelServices {
  const printable = createPrintableDocuments({ db, rendering, documents: parts.documents })
  return { printable, labelChecks: createLabelChecks({ db, ...parts, printable, log }) }
}

export function createJobServices(
  options: {
    readonly db: Db
    readonly config: Config
    readonly claimTtlSeconds?: number | undefined
    readonly linkKey: Buffer
    readonly baseUrl: () => string
    readonly observe: Observe
    readonly log: Logger
  },
  parts: JobParts,
): JobServices {
  const { db, config, claimTtlSeconds, linkKey, baseUrl, observe, log } = options
  const { documents, egress, events, printers, printJobs, printable, labelChecks } = parts
  const intake = createDocumentIntake({ documents, egress, dpi: TARGET_STOCKS.LABEL.dpi })
  const { isPaperSizeRequired } = config
  const jobLookup = createJobLookupService({ db })
  const jobProgress = createJobProgressService({
    db,
    observe,
    log,
    ...(claimTtlSeconds !== undefined && { claimTtlSeconds }),
  })
  return {
    prepareDelivery: createDeliveryPreparation({ db, documents, printable, labelChecks }),
    jobLookup,
    jobMove: createJobMoveService({ db, documents, printJobs, labelChecks }),
    jobPreview: createJobPreviewService({ db, jobLookup, printers, printable }),
    async documentBytes(documentId) {
      const { document, bytes } = await documents.read(db, documentId)
      return { mediaType: document.mediaType, bytes }
    },
    documentLinks: createDocumentLinks({ key: linkKey, baseUrl }),
    jobIntake: createJobIntakeService({
      db,
      documents,
      intake,
      printers,
      printJobs,
      labelChecks,
      isPaperSizeRequired,
    }),
    jobProgress,
    stationClients: createStationClientsService({ db, progress: jobProgress }),
  }
}
