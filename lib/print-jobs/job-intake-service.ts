import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { isStorableText } from '../db/storable-text.ts'
import { inTransaction } from '../db/transaction.ts'
import type { InspectedDocument } from '../documents/document.ts'
import type { DocumentIntake, TakenDocument } from '../documents/document-intake.ts'
import type { DocumentSource } from '../documents/document-source.ts'
import type { DocumentsService } from '../documents/documents-service.ts'
import { fileNameFromUrl, reduceFileName } from '../documents/file-name.ts'
import { describeRaw } from '../documents/raw-document.ts'
import { NotFoundError } from '../errors.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import { assertMayReprint, assertPrintsAt, getOpenPrinter } from './job-access.ts'
import type { PrintJobDraft } from './job-draft.ts'
import { assertReprintReason } from './job-report.ts'
import { isEnded } from './job-state.ts'
import { type LabelChecks, withoutLabelWarnings } from './label-checks.ts'
import type { PrintJob } from './print-job.ts'
import { getPrintJob } from './print-job-store.ts'
import type { NewPrintJob, PrintJobsService } from './print-jobs-service.ts'
import { completeOptions } from './print-options.ts'
import { statusConflict } from './status-conflict.ts'
import { TEST_PAGE_NAME, testPage } from './test-page.ts'

/** Jobs that callers ask for: contracts/cloud-printing.md, sections 3 to 5. Every one is a job like any other afterwards. */
export interface JobIntakeService {
  /** A body that names no paper size is refused before it comes here. */
  readonly isPaperSizeRequired: boolean
  /**
   * Throws, in this order: NotFoundError for location and station, `forbidden` for the one and the other; InvalidError about `data`
   * with a DocumentRefusal, or about `configuration.pages_to_print`; `no_printer`. Downloads within the call.
   */
  createJob(caller: Caller, draft: PrintJobDraft, beside?: BesideJob): Promise<PrintJob>
  /**
   * A new job with the same document, name, resource and options, for a job that has ended. Throws InvalidError about the
   * reason, NotFoundError, `forbidden`, ConflictError with reason `invalid_status_transition`, `no_printer`.
   */
  reprint(caller: Caller, jobId: string, request: ReprintRequest): Promise<PrintJob>
  /** Throws NotFoundError, `forbidden`. */
  submitTestPage(caller: Caller, printerId: string, beside?: BesideJob): Promise<PrintJob>
}

/** Part of the transaction that makes the job: what must be committed with it. What it throws undoes the job. */
export type BesideJob = (trx: Db, job: PrintJob) => Promise<void>

export interface ReprintRequest {
  readonly reason: unknown
  /** Null: routed anew in the same location. */
  readonly printerId?: string | null
  readonly beside?: BesideJob
}

export interface JobIntakeOptions {
  readonly db: Db
  readonly documents: DocumentsService
  readonly intake: DocumentIntake
  readonly printers: PrintersService
  readonly printJobs: PrintJobsService
  readonly labelChecks: LabelChecks
  readonly isPaperSizeRequired: boolean
}

const COUNTING_DPI = 72
/** A label whose symbols take longer to read is told of later; a third of a second is usual. */
const EXAMINATION_MS = 5_000

export function createJobIntakeService(options: JobIntakeOptions): JobIntakeService {
  const { db, documents, intake, printers, printJobs, labelChecks, isPaperSizeRequired } = options

  const submit = submitting(options)

  /** Made for the paper and characters of its printer: it goes there again, whatever the others could print. */
  const repeatReceipt = async (trx: Db, job: PrintJob, copy: NewPrintJob): Promise<PrintJob> => {
    const printer = await printers.getPrinter(trx, job.printer.printerId)
    const repeated = printer.isRemoved
      ? undefined
      : await printJobs.submitTo(trx, printer, { ...copy, isAnswered: false })
    return repeated ?? printJobs.submit(trx, copy)
  }

  return {
    isPaperSizeRequired,

    async createJob(caller, draft, beside = nothingBeside) {
      await assertPrintsAt(db, caller, draft)
      const taken = await intake.take(draft.source)
      // Pages beyond the document are told before anything is stored.
      completeOptions(draft.options, taken.document)
      const wanted = toNewJob(caller, draft, taken)
      const examination = await labelChecks.examine({ ...wanted, document: taken.document }, EXAMINATION_MS)
      const job = await submit({ ...wanted, examination }, taken.document, beside)
      labelChecks.remember(examination, job.documentId)
      return job
    },

    async reprint(caller, jobId, { reason, printerId = null, beside = nothingBeside }) {
      assertReprintReason(reason)
      if (!isStorableText(jobId)) throw new NotFoundError('print_job', jobId)
      const job = await getPrintJob(db, jobId)
      await assertMayReprint(db, caller, { job, printerId })
      if (!isEnded(job.status)) {
        throw statusConflict(`a ${job.status} job cannot be reprinted before it has ended`)
      }
      const document = await documents.find(db, job.documentId)
      if (!document) throw new NotFoundError('document', job.documentId)
      const wanted = { ...toReprint(caller, job, printerId), document, reprint: { of: job.jobId, reason } }
      const copy = { ...wanted, examination: await labelChecks.examine(wanted, EXAMINATION_MS) }
      const isForItsPrinter = (printerId ?? job.printer.printerId) === job.printer.printerId
      return inTransaction(db, async (trx) => {
        const made =
          isReceipt(job) && isForItsPrinter
            ? await repeatReceipt(trx, job, copy)
            : await printJobs.submit(trx, copy)
        await beside(trx, made)
        return made
      })
    },

    async submitTestPage(caller, printerId, beside = nothingBeside) {
      const place = await getOpenPrinter(db, caller, printerId)
      const printer = await printers.getPrinter(db, printerId)
      const { bytes, mediaType } = testPage(printer, new Date())
      const document =
        mediaType === 'application/pdf'
          ? await documents.inspect(bytes, { field: 'data', dpi: COUNTING_DPI })
          : describeRaw(bytes, mediaType)
      const orientation = printer.orientations[0] ?? 'portrait'
      return submit(
        {
          ...callerOf(caller),
          ...ANYWHERE,
          ...NO_ORIGIN,
          name: TEST_PAGE_NAME,
          locationId: place.locationId,
          printerId,
          options: { orientation },
        },
        document,
        beside,
      )
    },
  }
}

/** Document, job and what is beside it in one transaction. */
const submitting =
  ({ db, documents, printJobs }: JobIntakeOptions) =>
  (job: Omit<NewPrintJob, 'document'>, document: InspectedDocument, beside: BesideJob): Promise<PrintJob> =>
    inTransaction(db, async (trx) => {
      const made = await printJobs.submit(trx, { ...job, document: await documents.store(trx, document) })
      await beside(trx, made)
      return made
    })

const nothingBeside: BesideJob = () => Promise.resolve()

function isReceipt({ resourceType }: PrintJob): boolean {
  return resourceType === 'thermal_job' || resourceType === 'thermal_copy'
}

const ANYWHERE = { printTarget: null, preferredStationId: null, stationId: null, printerName: null } as const
const NO_ORIGIN = { resource: null, instructionId: null, confirmationId: null } as const

function callerOf({ id, name, merchantId }: Caller) {
  return { callerId: id, callerName: name, merchantId }
}

function toNewJob(
  caller: Caller,
  draft: PrintJobDraft,
  { warnings }: TakenDocument,
): Omit<NewPrintJob, 'document'> {
  const { locationId, stationId, printerName, resource, options, expiresAt } = draft
  return {
    ...callerOf(caller),
    ...ANYWHERE,
    ...NO_ORIGIN,
    name: draft.name ?? nameOf(draft.source),
    locationId,
    stationId,
    printerName,
    resource,
    options,
    warnings,
    ...(expiresAt && { expiresAt }),
  }
}

/** contracts/cloud-printing.md, section 3, `name`. */
function nameOf(source: DocumentSource): string {
  const segment = source.kind === 'url' ? fileNameFromUrl(source.url) : null
  return (segment === null ? null : reduceFileName(segment)) ?? 'Document'
}

/** It belongs to whom the job belonged; the confirmation that it repeats the paper of stays named. */
function toReprint(
  caller: Caller,
  job: PrintJob,
  printerId: string | null,
): Omit<NewPrintJob, 'document' | 'reprint'> {
  const { resourceType: type, resourceId: id, resourceDocument } = job
  return {
    ...callerOf(caller),
    ...ANYWHERE,
    merchantId: job.merchantId,
    name: job.name,
    locationId: job.locationId,
    // A printer that a person chose may be of another pool.
    printTarget: printerId === null ? job.printTarget : null,
    printerId,
    resource: type === null || id === null ? null : { type, id, document: resourceDocument },
    options: job.options,
    instructionId: job.instructionId,
    confirmationId: job.confirmationId,
    warnings: withoutLabelWarnings(job.warnings),
  }
}
