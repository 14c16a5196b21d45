import type { Caller } from '../access/caller.ts'
import type { Instruction } from '../instructions/instruction.ts'
import type { Package } from '../orders/order.ts'
import type { Examination, PreparedJob } from '../print-jobs/label-checks.ts'
import type { Station } from '../printers/printer.ts'
import type { PackingDependencies } from './packing-dependencies.ts'
import { isSettled } from './packing-scene.ts'
import type { PackingTarget } from './packing-service.ts'
import type { PackingView } from './packing-view.ts'

/** The packer waits for no more than this; a label that was opened a while ago is known already. */
const EXAMINATION_MS = 400
/** Of one package: it has three or four. */
const BEFOREHAND_MAX = 20

interface Floor {
  readonly caller: Caller
  readonly pack: Package
  readonly station: Station | null
}

/**
 * Looks at the label that a confirmation will print, before anything is locked. Null where there is none. Throws
 * NotFoundError for the package.
 */
export async function examineLabelOf(
  dependencies: PackingDependencies,
  { caller, target, station }: { caller: Caller; target: PackingTarget; station: Station | null },
): Promise<Examination | null> {
  const { db, orders, instructions, labelChecks } = dependencies
  const pack = await orders.getPackage(db, target.packageId)
  const all = await instructions.listOfOrder(db, pack.orderId)
  const instruction = all.find(({ instructionId }) => String(instructionId) === target.instructionId)
  const job = instruction ? jobOf({ caller, pack, station }, instruction) : null
  return job ? labelChecks.examine(job, EXAMINATION_MS) : null
}

/** Draws and looks at what confirmations of a package will print while it is packed, so that none of them waits for it. */
export function prepareBeforehand(
  { labelChecks }: PackingDependencies,
  floor: Floor,
  { occurrences }: PackingView,
): void {
  const due = occurrences.filter(({ occurrence }) => !isSettled(occurrence))
  const jobs = due.flatMap(({ instruction }) => jobOf(floor, instruction) ?? [])
  for (const job of jobs.slice(0, BEFOREHAND_MAX)) labelChecks.prepare(job)
}

function jobOf({ caller, pack, station }: Floor, { document, printTarget }: Instruction): PreparedJob | null {
  if (!document) return null
  return {
    document,
    locationId: station?.location.locationId ?? pack.locationId,
    callerId: caller.id,
    printTarget,
    preferredStationId: station?.stationId ?? null,
    stationId: null,
    printerName: null,
    options: {},
  }
}
