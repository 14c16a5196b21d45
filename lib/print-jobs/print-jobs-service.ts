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
   * closed to the caller, and InvalidError about `configuration.…`.
   */
  submit(trx: Db, job: NewPrintJob): Promise<PrintJob>
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

  const decide = async (db: Db, request: PacketRequest, settings: PrintOptions): Promise<RoutingDecision> =>
    route(
      { ...toRoutingRequest(request, settings), renderable },
      await printers.candidates(db, request.locationId, request.callerId),
    )

  const enqueue = async (
    trx: Db,
    job: NewPrintJob,
  ): Promise<{ job: PrintJob; printer: RoutingCandidate }> => {
    const settings = completeOptions(job.options, job.document)
    const packetPrinterId = await packetPrinterOf(trx, job)
    for (let round = 1; round <= ROUTING_ROUNDS_MAX; round += 1) {
      const decision = await decide(trx, { ...job, packetPrinterId }, settings)
      const printer = assertChosen(decision)
      const routing = freezeRouting(printer, decision.candidates)
      const inserted = await insertPrintJob(trx, {
        ...toInsert(job),
        ...settings,
        warnings: warningsOf(job, printer.id),
        printerId: printer.id,
        routing,
      })
      if (inserted) return { job: inserted, printer }
    }
    throw new DomainError('unavailable', 'printers are being removed', { subject: 'printer' })
  }

  return {
    async submit(trx, submitted) {
      const { job, printer } = await enqueue(trx, submitted)
      await announce(trx, job, printer.connection)
      return job
    },

    async submitTo(trx, printer, direct) {
      const job = await insertPrintJob(trx, toDirectInsert(printer, direct))
      if (job) await announce(trx, job, printer.connection)
      return job
    },

    route: (db, request) => decide(db, request, completeOptions(request.options, request.document)),

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

type PacketRequest = RouteRequest & { readonly packetPrinterId?: string | null }

function toRoutingRequest(
  request: PacketRequest,
  settings: PrintOptions,
): Omit<RoutingRequest, 'renderable'> {
  const { stationId, printerName, printerId = null, preferredStationId, packetPrinterId = null } = request
  const { paperSize, orientation, colorPrint, doubleSided } = settings
  return {
    ...{ stationId, printerName, printerId, preferredStationId, packetPrinterId },
    ...{ paperSize, orientation, colorPrint, doubleSided },
    pool: request.printTarget,
    mediaType: request.document.mediaType,
  }
}

/** Where papers of the same package are: contracts/packing.md knows the package by its confirmations. */
async function packetPrinterOf(
  trx: Db,
  { confirmationId, printTarget }: Pick<NewPrintJob, 'confirmationId' | 'printTarget'>,
): Promise<string | null> {
  return confirmationId === null ? null : findPacketPrinter(trx, { confirmationId, printTarget })
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

function warningsOf({ warnings = [], examination }: NewPrintJob, printerId: string): readonly string[] {
  return examination?.printerId === printerId ? [...warnings, ...examination.warnings] : warnings
}

/** To the queue of a printer that Packhouse drives, or to the clients of its station. */
async function announce(trx: Db, job: PrintJob, connection: { readonly type: string }): Promise<void> {
  if (connection.type === 'station') await signalJobEvent(trx, job, 'created')
  else await wakePrinters(trx, [job.printer.printerId])
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
