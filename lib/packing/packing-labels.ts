import type { Caller } from '../access/caller.ts'
import type { Instruction } from '../instructions/instruction.ts'
import type { Package } from '../orders/order.ts'
import type { Examination } from '../print-jobs/label-checks.ts'
import type { Station } from '../printers/printer.ts'
import type { PackingDependencies } from './packing-dependencies.ts'
import type { PackingTarget } from './packing-service.ts'

/** The packer waits for no more than this; a label that was opened a while ago is known already. */
const EXAMINATION_MS = 400
/** Nobody waits for these. */
const BEFOREHAND_MS = 5_000
/** Of one order, while its package is opened. */
const BEFOREHAND_MAX = 5

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
  const { db, orders, instructions } = dependencies
  const pack = await orders.getPackage(db, target.packageId)
  const all = await instructions.listOfOrder(db, pack.orderId)
  const instruction = all.find(({ instructionId }) => String(instructionId) === target.instructionId)
  return instruction ? examine(dependencies, { caller, pack, station }, instruction, EXAMINATION_MS) : null
}

/** Looks at the labels of an order while its package is being packed, so that no confirmation waits for it. */
export function examineBeforehand(
  dependencies: PackingDependencies,
  floor: Floor,
  instructions: Iterable<Instruction>,
): void {
  const withFiles = [...instructions].filter(({ document }) => document !== null)
  for (const instruction of withFiles.slice(0, BEFOREHAND_MAX)) {
    // It tells nobody what it finds: the next one who asks has it at once. It rejects for nothing.
    void examine(dependencies, floor, instruction, BEFOREHAND_MS)
  }
}

async function examine(
  { labelChecks }: PackingDependencies,
  { caller, pack, station }: Floor,
  { document, printTarget }: Instruction,
  limitMs: number,
): Promise<Examination | null> {
  if (!document) return null
  const job = {
    document,
    locationId: station?.location.locationId ?? pack.locationId,
    callerId: caller.id,
    printTarget,
    preferredStationId: station?.stationId ?? null,
    stationId: null,
    printerName: null,
    options: {},
  }
  return labelChecks.examine(job, limitMs)
}
