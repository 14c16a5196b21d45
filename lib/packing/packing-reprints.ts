import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { withFile } from '../documents/removed-file.ts'
import { InvalidError, NotFoundError } from '../errors.ts'
import { isEnded } from '../print-jobs/job-state.ts'
import { withoutLabelWarnings } from '../print-jobs/label-checks.ts'
import type { PrintJob } from '../print-jobs/print-job.ts'
import { PRINT_TARGETS, type PrintTarget } from '../printers/print-target.ts'
import type { Confirmation } from './confirmation.ts'
import type { Occurrence } from './occurrence.ts'
import type { PackingDependencies } from './packing-dependencies.ts'
import { instructionOf, type Scene } from './packing-scene.ts'

export interface Reprinting {
  readonly caller: Caller
  readonly scene: Scene
  readonly occurrence: Occurrence
  readonly reason: string
  /** Null: routed as a confirmation would be. */
  readonly printerId: string | null
  /** The job that the packer saw; null: whatever is newest. */
  readonly printJobId: string | null
}

/**
 * A new job with the file that was confirmed, even if the instruction has another one by now: what is due again is
 * printed by its confirmation. When the job that the packer saw was reprinted already, that reprint is answered and nothing
 * more printed. Throws InvalidError with reason `invalid_status` when there is nothing to print again, or the job before will
 * still print; with `file_removed` when the file is no longer kept.
 */
export async function reprintConfirmed(
  dependencies: PackingDependencies,
  trx: Db,
  reprinting: Reprinting,
): Promise<PrintJob> {
  const { occurrence } = reprinting
  const { confirmation, job } = await findNewest(dependencies, trx, occurrence)
  if (isReprintOf(job, reprinting)) return job
  if (!isEnded(job.status)) {
    throw nothingToReprint(`print job ${job.jobId} is ${job.status}: it will print without a reprint`)
  }
  return withFile(job.name, () => submitAgain(dependencies, trx, { ...reprinting, confirmation, job }))
}

/** Throws NotFoundError for a document whose bytes are not there. */
async function submitAgain(
  dependencies: PackingDependencies,
  trx: Db,
  reprinting: Reprinting & { readonly confirmation: Confirmation; readonly job: PrintJob },
): Promise<PrintJob> {
  const { caller, reason, printerId, confirmation, job } = reprinting
  const document = await dependencies.documents.find(trx, job.documentId)
  if (!document) throw new NotFoundError('document', job.documentId)
  const printTarget =
    printerId === null
      ? targetOf(reprinting, confirmation, job)
      : await targetOfPrinter(dependencies, trx, { caller, job, printerId })
  const { resourceType: type, resourceId: id, resourceDocument } = job
  return dependencies.printJobs.submit(trx, {
    name: job.name,
    document,
    locationId: job.locationId,
    callerId: caller.id,
    callerName: caller.name,
    merchantId: job.merchantId,
    printTarget,
    preferredStationId: confirmation.stationId,
    stationId: null,
    printerName: null,
    printerId,
    resource: type === null || id === null ? null : { type, id, document: resourceDocument },
    options: job.options,
    instructionId: job.instructionId,
    confirmationId: job.confirmationId,
    reprint: { of: job.jobId, reason },
    warnings: withoutLabelWarnings(job.warnings),
  })
}

/** The newest job of the confirmation. */
async function findNewest(
  { printJobs }: PackingDependencies,
  trx: Db,
  { instructionId, confirmation }: Occurrence,
): Promise<{ readonly confirmation: Confirmation; readonly job: PrintJob }> {
  if (!confirmation) throw nothingToReprint(`instruction ${instructionId} is not confirmed`)
  const { confirmedId } = confirmation
  const job = (await printJobs.jobsOfConfirmations(trx, [confirmedId])).get(confirmedId)
  if (!job) throw nothingToReprint(`instruction ${instructionId} was confirmed without a file`)
  return { confirmation, job }
}

/** Whether somebody, perhaps the same packer whose answer was lost, has had this reprint. */
function isReprintOf(job: PrintJob, { printJobId }: Reprinting): boolean {
  if (printJobId === null || job.jobId === printJobId) return false
  if (job.reprintOf === printJobId) return true
  throw nothingToReprint(`print job ${printJobId} is not the newest of this confirmation`)
}

/** The instruction's own, unless it was edited since: another file may have another target. */
function targetOf(
  { scene, occurrence }: Reprinting,
  confirmation: Confirmation,
  job: PrintJob,
): PrintTarget | null {
  const { printTarget } = instructionOf(scene, occurrence)
  return confirmation.revision === occurrence.revision ? printTarget : (job.printTarget ?? printTarget)
}

/** A printer that a person chose may be of another pool, or of none; pictures are then fitted to its paper. */
async function targetOfPrinter(
  { printers }: PackingDependencies,
  trx: Db,
  { caller, job, printerId }: { caller: Caller; job: PrintJob; printerId: string },
): Promise<PrintTarget | null> {
  const candidates = await printers.candidates(trx, job.locationId, caller.id)
  const printer = candidates.find(({ id }) => id === printerId)
  if (printer && !printer.isStationOpenToCaller) throw new NotFoundError('station', printer.station.id)
  return PRINT_TARGETS.find((target) => target === printer?.pool) ?? null
}

function nothingToReprint(message: string): InvalidError {
  return new InvalidError(null, 'invalid_status', message)
}
