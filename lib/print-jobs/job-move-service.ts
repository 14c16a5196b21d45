import { setTimeout as pause } from 'node:timers/promises'
import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { signalStation, wakePrinters } from '../db/printer-signals.ts'
import { isStorableText } from '../db/storable-text.ts'
import { inTransaction } from '../db/transaction.ts'
import type { DocumentsService } from '../documents/documents-service.ts'
import { NotFoundError } from '../errors.ts'
import { assertMayReprint } from './job-access.ts'
import { lockMovable, moveToPrinter } from './job-failover-store.ts'
import { assertChosen } from './job-routing.ts'
import { type LabelChecks, withoutLabelWarnings } from './label-checks.ts'
import type { PrintJob } from './print-job.ts'
import { getPrintJob } from './print-job-store.ts'
import type { PrintJobsService } from './print-jobs-service.ts'
import { statusConflict } from './status-conflict.ts'

/** A person takes a job of which nothing was sent to another printer. */
export interface JobMoveService {
  /**
   * The same job, in that printer's queue from now on, at its place by age: one transaction, so that it is in one queue or
   * the other and never in both. Moving it where it is changes nothing. Throws NotFoundError for job or printer,
   * `forbidden`, `no_printer`, and ConflictError with reason `invalid_status_transition` for a job that isn't queued, whose
   * caller waits for its outcome, or that its printer is being sent.
   */
  moveJob(caller: Caller, jobId: string, printerId: string): Promise<PrintJob>
}

/** Each finds that the job is being tried, or that another move was faster. A printer that takes nothing says so at once. */
const ROUNDS_MAX = 5
const ROUND_MS = 100
/** As long as for a new label: it may be legible on one printer and not on the other. */
const EXAMINATION_MS = 5_000

export function createJobMoveService(options: {
  readonly db: Db
  readonly documents: DocumentsService
  readonly printJobs: PrintJobsService
  readonly labelChecks: LabelChecks
}): JobMoveService {
  const { db, documents, printJobs, labelChecks } = options

  /** As if the caller had asked for that printer when the job was made. */
  const routeRequest = async (caller: Caller, job: PrintJob, printerId: string) => {
    const document = await documents.find(db, job.documentId)
    if (!document) throw new NotFoundError('document', job.documentId)
    return {
      document,
      printerId,
      locationId: job.locationId,
      callerId: caller.id,
      // A printer that a person chose may be of another pool.
      ...{ printTarget: null, preferredStationId: null, stationId: null, printerName: null },
      options: job.options,
    }
  }

  return {
    async moveJob(caller, jobId, printerId) {
      if (!isStorableText(jobId)) throw new NotFoundError('print_job', jobId)
      const job = await getPrintJob(db, jobId)
      await assertMayReprint(db, caller, { job, printerId })
      assertQueued(job)
      if (job.printer.printerId === printerId) return job
      const request = await routeRequest(caller, job, printerId)
      const examination = await labelChecks.examine(request, EXAMINATION_MS)
      for (let round = 1; round <= ROUNDS_MAX; round += 1) {
        const moved = await inTransaction(db, async (trx) => {
          const target = assertChosen(await printJobs.route(trx, request))
          const now = await getPrintJob(trx, jobId)
          assertQueued(now)
          if (now.printer.printerId === target.id) return now
          if (!(await lockMovable(trx, jobId, now.printer.printerId))) return undefined
          const warnings = [
            ...withoutLabelWarnings(now.warnings),
            ...(examination?.warnings ?? []),
            `printer-changed: ${caller.name} moved it from ${now.printer.name} to ${target.name} at ${target.station.displayName}`,
          ]
          const move = { jobId, printerId: target.id, warnings, updatedBy: caller.id }
          if (!(await moveToPrinter(trx, move))) throw new NotFoundError('printer', printerId)
          await tell(trx, { jobId, from: now.printer.printerId, to: target.id })
          return getPrintJob(trx, jobId)
        })
        if (moved) return moved
        if (round < ROUNDS_MAX) await pause(ROUND_MS)
      }
      throw statusConflict('a job that is being sent, or whose sender waits for it, cannot be moved')
    },
  }
}

/** Both queues, whoever works on them. */
async function tell(
  trx: Db,
  { jobId, from, to }: { jobId: string; from: string; to: string },
): Promise<void> {
  await wakePrinters(trx, [from, to])
  await signalStation(trx, { event: 'job.canceled', printerId: from, jobId })
  await signalStation(trx, { event: 'job.queued', printerId: to, jobId })
}

function assertQueued({ status }: PrintJob): void {
  if (status !== 'queued') throw statusConflict(`a ${status} job cannot be moved`)
}
