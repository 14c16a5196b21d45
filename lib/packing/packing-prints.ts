import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { withFile } from '../documents/removed-file.ts'
import type { InstructionReport } from '../instructions/instruction.ts'
import type { Package } from '../orders/order.ts'
import type { Examination } from '../print-jobs/label-checks.ts'
import type { PrintJob } from '../print-jobs/print-job.ts'
import type { Station } from '../printers/printer.ts'
import type { Confirmation } from './confirmation.ts'
import type { Occurrence } from './occurrence.ts'
import type { PackingDependencies } from './packing-dependencies.ts'
import { instructionOf, type Scene } from './packing-scene.ts'

export interface Confirming {
  readonly caller: Caller
  readonly scene: Scene
  readonly pack: Package
  readonly occurrence: Occurrence
  readonly station: Station | null
  /** What was found out about its label beforehand. */
  readonly examination: Examination | null
}

/** A confirmation that was made, and what it prints; null without a file. */
export interface Confirmed {
  readonly confirmation: Confirmation
  readonly printJob: PrintJob | null
}

/**
 * contracts/packing.md, "What a confirmation does, in one transaction". Undefined, and nothing was done, when somebody had
 * confirmed it already. Throws InvalidError with reason `file_removed`: a packer must not wait for paper that can't come.
 */
export async function confirmAndPrint(
  dependencies: PackingDependencies,
  trx: Db,
  confirming: Confirming,
): Promise<Confirmed | undefined> {
  const { confirmations } = dependencies
  const { caller, pack, occurrence, station } = confirming
  const confirmation = await confirmations.confirm(trx, {
    instructionId: occurrence.instructionId,
    occurrence: occurrence.key,
    revision: occurrence.revision,
    packageId: pack.packageId,
    stationId: station?.stationId ?? null,
    userId: caller.id,
    confirmedBy: caller.name,
  })
  if (!confirmation) return undefined
  await recordConfirmed(dependencies, trx, confirming, confirmation)
  const printJob = await printFile(dependencies, trx, confirming, confirmation.confirmedId)
  return { confirmation, printJob }
}

/**
 * `data` is the instruction as order_instruction's other events tell it, with the confirmation. Those before it are added
 * when the event is read: lib/webhooks/event-store.ts.
 */
async function recordConfirmed(
  { printJobs, events }: PackingDependencies,
  trx: Db,
  { scene, pack, occurrence, station }: Confirming,
  confirmation: Confirmation,
): Promise<void> {
  const instruction = instructionOf(scene, occurrence)
  const { instructionId } = instruction
  const copies = await printJobs.copiesPrinted(trx, [instructionId])
  const data: Omit<InstructionReport, 'confirmations'> & { readonly confirmation: Confirmation } = {
    instruction,
    copiesPrinted: copies.get(instructionId) ?? 0,
    confirmation,
  }
  await events.record(trx, {
    type: 'order_instruction.confirmed',
    resource: { type: 'instruction', id: String(instructionId) },
    locationId: station?.location.locationId ?? pack.locationId,
    merchantId: scene.order.merchantId,
    data: { ...data },
  })
}

async function printFile(
  { printJobs }: PackingDependencies,
  trx: Db,
  { caller, scene, pack, occurrence, station, examination }: Confirming,
  confirmationId: string,
): Promise<PrintJob | null> {
  const { instructionId, document, fileName, printTarget } = instructionOf(scene, occurrence)
  if (!document) return null
  const name = fileName ?? 'Document'
  const job = {
    name,
    document,
    locationId: station?.location.locationId ?? pack.locationId,
    callerId: caller.id,
    callerName: caller.name,
    merchantId: scene.order.merchantId,
    printTarget,
    preferredStationId: station?.stationId ?? null,
    stationId: null,
    printerName: null,
    resource: { type: 'instruction', id: String(instructionId), document: name },
    options: {},
    instructionId,
    confirmationId,
    examination,
  }
  return withFile(name, () => printJobs.submit(trx, job))
}
