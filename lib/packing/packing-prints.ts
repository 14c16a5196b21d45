import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { withFile } from '../documents/removed-file.ts'
import type { InstructionReport } from '../instructions/instruction.ts'
import type { Package } from '../orders/order.ts'
import type { Examination, PreparedJob } from '../print-jobs/label-checks.ts'
import type { PrintJob } from '../print-jobs/print-job.ts'
import type { Survey } from '../print-jobs/print-jobs-service.ts'
import type { Station } from '../printers/printer.ts'
import type { RoutingCandidate } from '../printers/routing.ts'
import type { Confirmation } from './confirmation.ts'
import type { NewConfirmation } from './confirmation-store.ts'
import type { Occurrence } from './occurrence.ts'
import type { PackingDependencies } from './packing-dependencies.ts'
import { jobOf, warningsKnown } from './packing-labels.ts'
import { instructionOf, type Scene } from './packing-scene.ts'

export interface Confirming {
  readonly caller: Caller
  readonly scene: Scene
  readonly pack: Package
  readonly occurrence: Occurrence
  readonly station: Station | null
  /** What was found out about its label; undefined: what is known of it already is enough, or LabelNotExamined is thrown. */
  readonly examination: Examination | null | undefined
}

/** A confirmation that was made, and what it prints; null without a file. */
export interface Confirmed {
  readonly confirmation: Confirmation
  readonly printJob: PrintJob | null
}

/**
 * contracts/packing.md, "What a confirmation does, in one transaction", and the shipment is in work. Undefined, and nothing
 * else was done, when somebody had confirmed it already. Throws LabelNotExamined, and InvalidError with reason
 * `file_removed`: a packer must not wait for paper that can't come.
 *
 * What needs no other's answer is asked for at once; the database does it in this order.
 */
export async function confirmAndPrint(
  dependencies: PackingDependencies,
  trx: Db,
  confirming: Confirming,
): Promise<Confirmed | undefined> {
  const { confirmations, printJobs, orders } = dependencies
  const { pack, occurrence, scene } = confirming
  const { instructionId } = occurrence
  const job = jobOf(confirming, instructionOf(scene, occurrence))
  const [confirmation, copies, survey] = await Promise.all([
    confirmations.confirm(trx, toConfirm(confirming)),
    printJobs.copiesPrinted(trx, [instructionId]),
    job && printJobs.survey(trx, { ...job, packageId: pack.packageId, confirmationId: null }),
    orders.markOpened(trx, pack),
  ])
  if (!confirmation) return undefined
  const copiesPrinted = copies.get(instructionId) ?? 0
  const [, printJob] = await Promise.all([
    recordConfirmed(dependencies, trx, confirming, { confirmation, copiesPrinted }),
    job && survey && printFile(dependencies, trx, confirming, { job, survey, confirmation }),
  ])
  return { confirmation, printJob }
}

function toConfirm({ caller, pack, occurrence, station }: Confirming): NewConfirmation {
  return {
    instructionId: occurrence.instructionId,
    occurrence: occurrence.key,
    revision: occurrence.revision,
    packageId: pack.packageId,
    stationId: station?.stationId ?? null,
    userId: caller.id,
    confirmedBy: caller.name,
  }
}

/**
 * `data` is the instruction as order_instruction's other events tell it, with the confirmation. Those before it are added
 * when the event is read: lib/webhooks/event-store.ts.
 */
async function recordConfirmed(
  { events }: PackingDependencies,
  trx: Db,
  { scene, pack, occurrence, station }: Confirming,
  told: { readonly confirmation: Confirmation; readonly copiesPrinted: number },
): Promise<void> {
  const instruction = instructionOf(scene, occurrence)
  const { confirmation, copiesPrinted } = told
  const data: Omit<InstructionReport, 'confirmations'> & { readonly confirmation: Confirmation } = {
    instruction,
    copiesPrinted,
    confirmation,
  }
  await events.record(trx, {
    type: 'order_instruction.confirmed',
    resource: { type: 'instruction', id: String(instruction.instructionId) },
    locationId: station?.location.locationId ?? pack.locationId,
    merchantId: scene.order.merchantId,
    data: { ...data },
  })
}

async function printFile(
  dependencies: PackingDependencies,
  trx: Db,
  { caller, scene, pack, occurrence, examination }: Confirming,
  {
    job,
    survey,
    confirmation,
  }: { readonly job: PreparedJob; readonly survey: Survey; readonly confirmation: Confirmation },
): Promise<PrintJob> {
  const { instructionId, fileName } = instructionOf(scene, occurrence)
  const name = fileName ?? 'Document'
  const submitted = {
    ...job,
    name,
    callerName: caller.name,
    merchantId: scene.order.merchantId,
    resource: { type: 'instruction', id: String(instructionId), document: name },
    instructionId,
    packageId: pack.packageId,
    confirmationId: confirmation.confirmedId,
    ...(examination === undefined
      ? { warningsAt: (printer: RoutingCandidate) => warningsKnown(dependencies, job, printer) }
      : { examination }),
  }
  return withFile(name, () => dependencies.printJobs.submit(trx, submitted, survey))
}
