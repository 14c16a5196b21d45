import type { Db } from '../db/database.ts'
import { wakePrinters } from '../db/printer-signals.ts'
import { isStorableText } from '../db/storable-text.ts'
import type { StoredDocument } from '../documents/document.ts'
import { DomainError, NotFoundError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { PrintTarget } from '../printers/print-target.ts'
import type { Printer } from '../printers/printer.ts'
import type { RenderedLanguage } from '../printers/printer-capability.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import {
  type RoutingCandidate,
  type RoutingDecision,
  type RoutingRequest,
  route,
} from '../printers/routing.ts'
import { signalJobEvent } from './job-events.ts'
import { assertChosen, directRouting, freezeRouting } from './job-routing.ts'
import type { PrintJob, PrintOptions } from './print-job.ts'
import {
  findPacketPrinter,
  getPrintJob,
  insertPrintJob,
  listCopiesPrinted,
  listJobsOfConfirmations,
  type PrintJobInsert,
} from './print-job-store.ts'
import { completeOptions } from './print-options.ts'

/** What routing needs to know of a job. */
interface RouteRequest {
  readonly document: Pick<StoredDocument, 'mediaType' | 'pageCount'>
  readonly locationId: string
  /** `usr_…` or `key_…`: stations may be closed to it. */
  readonly callerId: string
  /** The pool that alone may print it; null: any printer. */
  readonly printTarget: PrintTarget | null
  /** The station at hand: its printers go before all others. */
  readonly preferredStationId: string | null
  /** The station that alone may print it. */
  readonly stationId: string | null
  readonly printerName: string | null
  /** The printer that alone may print it. */
  readonly printerId?: string | null
  readonly options: Partial<PrintOptions>
  /** The package that it is a paper of: papers of one come out together. Absent: that of the confirmation, if any. */
  readonly packageId?: string | null
}

export interface NewPrintJob extends RouteRequest {
  readonly document: StoredDocument
  readonly name: string
  readonly callerName: string
  readonly merchantId: string | null
  readonly resource: { readonly type: string; readonly id: string; readonly document: string | null } | null
  readonly instructionId: number | null
  /** Only beside the instruction's id. One job per confirmation, but for reprints: the database refuses a second. */
  readonly confirmationId: string | null
  /** Default: 14 days from now. */
  readonly expiresAt?: Date
  readonly reprint?: { readonly of: string; readonly reason: string }
  readonly warnings?: readonly string[]
  /** What is wrong with it as that printer prints it; another printer may be chosen meanwhile. */
  readonly examination?: { readonly printerId: string; readonly warnings: readonly string[] } | null
  /** In its place: the same for the printer that is chosen. What it throws is thrown. */
  readonly warningsAt?: (printer: RoutingCandidate) => readonly string[]
}

/** What the choice of a printer is made from. */
export interface Survey {
  readonly candidates: readonly RoutingCandidate[]
  /** Where papers of the same package are: contracts/packing.md knows the package by its confirmations. */
  readonly packetPrinterId: string | null
}

/** A job whose printer is known. */
export interface DirectPrintJob
  extends Pick<NewPrintJob, 'name' | 'document' | 'callerId' | 'callerName' | 'resource' | 'reprint'> {
  /** Its caller waits for the outcome: it is neither tried again, held nor moved to another printer. */
  readonly isAnswered: boolean
}

export interface PrintJobsService {
  /**
   * Part of the caller's transaction: with it the job, its event and the news to its printer are committed, or nothing.
   * Throws NotFoundError for a document whose bytes are not there, `no_printer` with `printers` (`Label: paper-size-not-supported: …`), `forbidden` for a named station that is
   * closed to the caller, and InvalidError about `configuration.…`. `survey`: made in this transaction; absent: it is made.
   */
  submit(trx: Db, job: NewPrintJob, survey?: Survey): Promise<PrintJob>
  /** For `submit`, beside whatever else its caller has to ask. */
  survey(
    trx: Db,
    job: Pick<NewPrintJob, 'locationId' | 'callerId' | 'printTarget' | 'packageId' | 'confirmationId'>,
  ): Promise<Survey>
  /**
   * To that printer, without routing: what a message is made for one printer's paper and language no other can print,
   * and who may use its station is not asked. Undefined when it was removed meanwhile. Throws NotFoundError as `submit` does.
   */
  submitTo(trx: Db, printer: Printer, job: DirectPrintJob): Promise<PrintJob | undefined>
  /** Where `submit` would send it as things stand, and why. Changes nothing; throws for options alone. */
  route(db: Db, request: RouteRequest): Promise<RoutingDecision>
  /** Throws NotFoundError. */
  getJob(db: Db, jobId: string): Promise<PrintJob>
  /** The newest job that each confirmation made, by its id; absent for those without a file. */
  jobsOfConfirmations(db: Db, confirmationIds: readonly string[]): Promise<ReadonlyMap<string, PrintJob>>
  /** Copies of completed jobs by instruction; none is absent. */
  copiesPrinted(db: Db, instructionIds: readonly number[]): Promise<ReadonlyMap<number, number>>
}

/** Each round finds that the printer chosen was removed while its row was waited for. */
const ROUTING_ROUNDS_MAX = 5

export function createPrintJobsService(options: {
  printers: PrintersService
  /** Languages of socket printers that pages can be turned into. */
  renderable: ReadonlySet<RenderedLanguage>
}): PrintJobsService {
  const { printers, renderable } = options

  const decide = (
    request: RouteRequest,
    { candidates, packetPrinterId }: Survey,
    settings: PrintOptions,
  ): RoutingDecision =>
    route({ ...toRoutingRequest(request, settings), packetPrinterId, renderable }, candidates)

  const survey: PrintJobsService['survey'] = async (trx, job) => {
    const [packetPrinterId, candidates] = await Promise.all([
      packetPrinterOf(trx, job),
      printers.candidates(trx, job.locationId, job.callerId),
    ])
    return { packetPrinterId, candidates }
  }

  return {
    survey,

    async submit(trx, job, surveyed) {
      const settings = completeOptions(job.options, job.document)
      let known = surveyed ?? (await survey(trx, job))
      for (let round = 1; round <= ROUTING_ROUNDS_MAX; round += 1) {
        const decision = decide(job, known, settings)
        const printer = assertChosen(decision)
        const inserted = await insertAnnounced(trx, printer, {
          ...toInsert(job),
          ...settings,
          warnings: warningsOf(job, printer),
          printerId: printer.id,
          routing: freezeRouting(printer, decision.candidates),
        })
        if (inserted) return inserted
        known = await survey(trx, job)
      }
      throw new DomainError('unavailable', 'printers are being removed', { subject: 'printer' })
    },

    submitTo: (trx, printer, direct) => insertAnnounced(trx, printer, toDirectInsert(printer, direct)),

    async route(db, request) {
      const settings = completeOptions(request.options, request.document)
      const candidates = await printers.candidates(db, request.locationId, request.callerId)
      return decide(request, { candidates, packetPrinterId: null }, settings)
    },

    async getJob(db, jobId) {
      if (!isStorableText(jobId)) throw new NotFoundError('print_job', jobId)
      return getPrintJob(db, jobId)
    },

    async jobsOfConfirmations(db, confirmationIds) {
      const jobs = confirmationIds.length > 0 ? await listJobsOfConfirmations(db, confirmationIds) : []
      return new Map(jobs.flatMap((job) => (job.confirmationId === null ? [] : [[job.confirmationId, job]])))
    },

    async copiesPrinted(db, instructionIds) {
      const counts = instructionIds.length > 0 ? await listCopiesPrinted(db, instructionIds) : []
      return new Map(counts.map(({ instructionId, copies }) => [instructionId, copies]))
    },
  }
}

function toRoutingRequest(request: RouteRequest, settings: PrintOptions): Omit<RoutingRequest, 'renderable'> {
  const { stationId, printerName, printerId = null, preferredStationId } = request
  const { paperSize, orientation, colorPrint, doubleSided } = settings
  return {
    ...{ stationId, printerName, printerId, preferredStationId },
    ...{ paperSize, orientation, colorPrint, doubleSided },
    pool: request.printTarget,
    mediaType: request.document.mediaType,
  }
}

async function packetPrinterOf(
  trx: Db,
  {
    packageId = null,
    confirmationId,
    printTarget,
  }: Pick<NewPrintJob, 'packageId' | 'confirmationId' | 'printTarget'>,
): Promise<string | null> {
  const isOfPackage = packageId !== null || confirmationId !== null
  return isOfPackage ? findPacketPrinter(trx, { packageId, confirmationId, printTarget }) : null
}

function toInsert(
  job: NewPrintJob,
): Omit<PrintJobInsert, keyof PrintOptions | 'printerId' | 'routing' | 'warnings'> {
  return {
    jobId: newId('prnt_job'),
    name: job.name,
    documentId: job.document.documentId,
    locationId: job.locationId,
    printTarget: job.printTarget,
    ...resourceOf(job),
    userName: job.callerName,
    merchantId: job.merchantId,
    instructionId: job.instructionId,
    confirmationId: job.confirmationId,
    ...reprintOf(job),
    createdBy: job.callerId,
    expiresAt: job.expiresAt ?? null,
    isAnswered: false,
  }
}

function warningsOf(
  { warnings = [], examination, warningsAt }: NewPrintJob,
  printer: RoutingCandidate,
): readonly string[] {
  if (warningsAt) return [...warnings, ...warningsAt(printer)]
  return examination?.printerId === printer.id ? [...warnings, ...examination.warnings] : warnings
}

/**
 * With the news to the queue of a printer that Packhouse drives, or to the clients of its station. They are sent at once:
 * where the printer was removed and nothing is inserted, somebody looks and finds nothing.
 */
async function insertAnnounced(
  trx: Db,
  { connection }: { readonly connection: { readonly type: string } },
  job: PrintJobInsert,
): Promise<PrintJob | undefined> {
  const { jobId, printerId } = job
  const [inserted] = await Promise.all([
    insertPrintJob(trx, job),
    connection.type === 'station'
      ? signalJobEvent(trx, { jobId, printer: { printerId } }, 'created')
      : wakePrinters(trx, [printerId]),
  ])
  return inserted
}

function toDirectInsert(printer: Printer, direct: DirectPrintJob): PrintJobInsert {
  const { printerId, locationId } = printer
  const place = { printTarget: null, preferredStationId: null, stationId: null, printerName: null }
  const origin = { merchantId: null, instructionId: null, confirmationId: null }
  return {
    ...toInsert({ ...direct, ...place, ...origin, locationId, options: {} }),
    ...completeOptions({}, direct.document),
    isAnswered: direct.isAnswered,
    warnings: [],
    printerId,
    routing: directRouting(printer),
  }
}

function resourceOf({ resource }: NewPrintJob) {
  return {
    resourceType: resource?.type ?? null,
    resourceId: resource?.id ?? null,
    resourceDocument: resource?.document ?? null,
  }
}

function reprintOf({ reprint }: NewPrintJob) {
  return { reprintOf: reprint?.of ?? null, reprintReason: reprint?.reason ?? null }
}
