import type { Logger } from 'pino'
import type { Db } from '../db/database.ts'
import type { StoredDocument } from '../documents/document.ts'
import { isRawType } from '../documents/raw-document.ts'
import { DomainError } from '../errors.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import type { RoutingCandidate } from '../printers/routing.ts'
import { UnreadableError } from '../rendering/rendering.ts'
import { addJobWarnings } from './job-warning-store.ts'
import { createExaminationTurns } from './examination-turns.ts'
import { createLabelDrawing, type ExaminedJob, type PrintingPlace, type RoutedJob } from './label-drawing.ts'
import type { PrintableDocuments } from './printable-documents.ts'
import type { PrintJob } from './print-job.ts'
import type { PrintJobsService } from './print-jobs-service.ts'
import type { Medium } from './printed-medium.ts'

/** What is wrong with a label as that printer would print it. */
export interface Examination {
  readonly printerId: string
  readonly warnings: readonly string[]
  /** How the document was called. */
  readonly documentKey: string
}

export interface PreparedJob extends RoutedJob {
  readonly document: StoredDocument
}

/** Labels are looked at before they are queued: contracts/printing.md, "Languages". */
export interface LabelChecks {
  /**
   * Before a job is submitted, outside of any transaction. Null where there is nothing to say: it is no label, no printer
   * would take it, or it took longer than `limitMs`; then the job gets its warnings later.
   */
  examine(job: ExaminedJob, limitMs: number): Promise<Examination | null>
  /**
   * What `examine` would answer for that printer, where it is known already; else undefined. Asks nobody, so it may be
   * called within a transaction.
   */
  known(job: PreparedJob, printer: RoutingCandidate): Examination | null | undefined
  /**
   * For a job that may be asked for soon: draws it for the printer that would take it, and examines it. Best effort, one
   * after the other, behind whatever somebody waits for.
   */
  prepare(job: PreparedJob): void
  /** What was at hand is stored now. */
  remember(examination: Examination | null, documentId: string): void
  /** For a job that is about to be sent: adds what nobody has told of it yet, without holding it up. */
  examineLate(job: PrintJob, medium: Medium): void
}

/** Labels of some dozen packages that were opened at once; those behind them are drawn when they are asked for. */
const PREPARED_WAITING_MAX = 200

/** Warnings that belong to a printer and its settings, not to the document. */
const KEYWORDS = /^(barcode-illegible|label-not-found):/

export function withoutLabelWarnings(warnings: readonly string[]): readonly string[] {
  return warnings.filter((warning) => !KEYWORDS.test(warning))
}

export function createLabelChecks(options: {
  readonly db: Db
  readonly printers: PrintersService
  readonly printJobs: PrintJobsService
  readonly printable: PrintableDocuments
  readonly log: Logger
}): LabelChecks {
  const { db, printable, log } = options
  const drawing = createLabelDrawing(options)
  const turns = createExaminationTurns()

  const beforehand = createExaminationTurns({ waitingMax: PREPARED_WAITING_MAX })

  const look = async (job: ExaminedJob): Promise<Examination | null> => {
    const { document } = job
    const place = await drawing.placeOf(job)
    if (!place || !isExamined(place.medium)) return null
    const { printer, medium, settings } = place
    // It is drawn meanwhile for whoever sends it.
    if ('documentId' in document) void settled(drawing.draw(document.documentId, place))
    const documentKey = 'bytes' in document ? document.sha256.toString('hex') : document.documentId
    const examined = {
      documentId: documentKey,
      options: settings,
      ...('bytes' in document && { bytes: document.bytes }),
    }
    const warnings = await turns.takeSoon(() => printable.examine(examined, medium))
    return warnings && { printerId: printer.printerId, warnings, documentKey }
  }

  /** A label that can't be read, or a server that has no time: the job itself will tell. */
  const settled = async <T>(work: Promise<T>): Promise<T | null> => {
    try {
      return await work
    } catch (error) {
      const isExpected = error instanceof UnreadableError || error instanceof DomainError
      if (!isExpected) log.warn({ err: error }, 'a label was not examined')
      return null
    }
  }

  return {
    async examine(job, limitMs) {
      return isNoLabel(job) ? null : within(settled(look(job)), limitMs)
    },

    known: (job, printer) => (isNoLabel(job) ? null : knownAt(printable, job, drawing.placeAt(job, printer))),

    prepare(job) {
      const { documentId, mediaType } = job.document
      if (isRawType(mediaType)) return
      const work = async () => {
        const place = await drawing.placeOf(job)
        if (!place) return
        await drawing.draw(documentId, { ...place, isBeforehand: true })
        const prepared = { documentId, options: place.settings, isBeforehand: true }
        if (isExamined(place.medium)) await printable.examine(prepared, place.medium)
      }
      void settled(beforehand.take(work))
    },

    remember(examination, documentId) {
      if (examination) printable.rename(examination.documentKey, documentId)
    },

    examineLate(job, medium) {
      if (!isExamined(medium)) return
      const work = async () => {
        const warnings = (await turns.take(() => printable.examine(job, medium))) ?? []
        const untold = warnings.filter((warning) => !job.warnings.includes(warning))
        if (untold.length > 0) await addJobWarnings(db, job.jobId, untold)
      }
      void settled(work())
    },
  }
}

function knownAt(
  printable: PrintableDocuments,
  { document: { documentId } }: PreparedJob,
  place: PrintingPlace | undefined,
): Examination | null | undefined {
  if (!place) return undefined
  if (!isExamined(place.medium)) return null
  const warnings = printable.examined({ documentId, options: place.settings }, place.medium)
  return warnings && { printerId: place.printer.printerId, warnings, documentKey: documentId }
}

function isNoLabel({ document, printTarget }: ExaminedJob): boolean {
  return isRawType(document.mediaType) || printTarget === 'LASER'
}

function isExamined({ isLabelStock, isThermal }: Medium): boolean {
  return isLabelStock && isThermal
}

async function within<T>(work: Promise<T | null>, limitMs: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
