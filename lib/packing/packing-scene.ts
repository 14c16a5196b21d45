import type { Db } from '../db/database.ts'
import { ConflictError, NotFoundError } from '../errors.ts'
import type { Instruction, Presentation } from '../instructions/instruction.ts'
import type { Order, Package } from '../orders/order.ts'
import type { Confirmation } from './confirmation.ts'
import { listDeferrals } from './deferral-store.ts'
import { occurrencesFor } from './due-engine.ts'
import type { DueInput, Occurrence } from './occurrence.ts'
import type { PackingDependencies } from './packing-dependencies.ts'
import type { PackingTarget } from './packing-service.ts'

/** One order as it is in this transaction, ready for the due engine. */
export interface Scene {
  readonly order: Order
  readonly packages: readonly Package[]
  readonly instructions: ReadonlyMap<number, Instruction>
  readonly due: DueInput
}

/** The package and its order, locked: from here on nobody else confirms, edits or packs anything of this order. */
export async function lockScene(
  dependencies: PackingDependencies,
  trx: Db,
  packageId: string,
): Promise<{ pack: Package; scene: Scene }> {
  const { orders } = dependencies
  const wanted = await orders.getPackage(trx, packageId)
  const order = await orders.lockOrder(trx, wanted.orderId)
  if (order.state === 'canceled') throw new NotFoundError('package', packageId)
  const scene = await readScene(dependencies, trx, order, wanted)
  const pack = scene.packages.find((candidate) => candidate.packageId === packageId)
  if (!pack) throw new NotFoundError('package', packageId)
  return { pack, scene }
}

/** `atHand`: confirmations and deferrals are read as far as this package's occurrences need them; null: all. */
export async function readScene(
  dependencies: PackingDependencies,
  db: Db,
  order: Order,
  atHand: Package | null,
): Promise<Scene> {
  const { orders, instructions } = dependencies
  const [{ shipments, packages }, list] = await Promise.all([
    orders.contents(db, order.orderId),
    instructions.listOfOrder(db, order.orderId),
  ])
  const [confirmations, deferrals] = await Promise.all([
    readConfirmations(dependencies, db, list, atHand),
    listDeferrals(db, idsOf(list), atHand?.packageId ?? null),
  ])
  return {
    order,
    packages,
    instructions: new Map(list.map((instruction) => [instruction.instructionId, instruction])),
    due: {
      order,
      shipments,
      packages: packages.map((pack) => ({ ...pack, isPacked: pack.status === 'packed' })),
      instructions: list,
      confirmations,
      deferrals,
    },
  }
}

function readConfirmations(
  { confirmations }: PackingDependencies,
  db: Db,
  list: readonly Instruction[],
  atHand: Package | null,
): Promise<readonly Confirmation[]> {
  if (!atHand) return confirmations.list(db, idsOf(list))
  const shown = (wanted: Presentation) => idsOf(list.filter(({ presentation }) => presentation === wanted))
  return confirmations.listOfPackage(db, {
    packageId: atHand.packageId,
    shipmentId: atHand.shipmentId,
    perOrder: shown('once_per_order'),
    perShipment: shown('once_per_shipment'),
    perPackage: shown('once_per_package'),
  })
}

function idsOf(instructions: readonly Instruction[]): readonly number[] {
  return instructions.map(({ instructionId }) => instructionId)
}

/** What the package shows, whatever its state. Throws NotFoundError('instruction'). */
export function requireShown(scene: Scene, pack: Package, target: PackingTarget): Occurrence {
  const occurrence = findShown(scene, pack, target)
  if (!occurrence) throw new NotFoundError('instruction', target.instructionId)
  return occurrence
}

/** As `requireShown`; ConflictError for what came too late for a packed package. */
export function requireOccurrence(scene: Scene, pack: Package, target: PackingTarget): Occurrence {
  const { instructionId } = target
  const occurrence = findShown(scene, pack, target)
  if (occurrence) return occurrence
  if ([...scene.instructions.keys()].map(String).includes(instructionId)) assertUnpacked(pack)
  throw new NotFoundError('instruction', instructionId)
}

function findShown(scene: Scene, pack: Package, { instructionId }: PackingTarget): Occurrence | undefined {
  return occurrencesFor(scene.due, pack.packageId).find(
    (candidate) => String(candidate.instructionId) === instructionId,
  )
}

export function assertSeen(occurrence: Occurrence, revision: number | null): void {
  if (revision === null || revision === occurrence.revision) return
  const message = `revision ${occurrence.revision} is the newest, not ${revision}`
  throw new ConflictError('instruction', 'changed', message, { revision: occurrence.revision })
}

export function assertUnpacked(pack: Package): void {
  if (pack.status !== 'packed') return
  throw new ConflictError('package', 'already_packed', `package ${pack.packageId} is packed`)
}

export function isSettled({ state }: Occurrence): boolean {
  return state === 'confirmed' || state === 'elsewhere'
}

export function instructionOf(scene: Scene, { instructionId }: Occurrence): Instruction {
  const instruction = scene.instructions.get(instructionId)
  if (!instruction) throw new Error(`instruction ${instructionId} has an occurrence and is not of the order`)
  return instruction
}
