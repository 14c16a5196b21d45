import type { Db } from '../db/database.ts'
import { isStorableText } from '../db/storable-text.ts'
import { ConflictError, NotFoundError } from '../errors.ts'
import type { Instruction } from '../instructions/instruction.ts'
import type { Order, OrderContents, Package } from '../orders/order.ts'
import { listDeferrals, listDeferralsOfPackage } from './deferral-store.ts'
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

/**
 * The package and its order, locked: from here on nobody else confirms, edits or packs anything of this order. All of it is
 * asked for at once: what comes behind the lock begins when that is had, and sees what was committed until then.
 */
export async function lockScene(
  dependencies: PackingDependencies,
  trx: Db,
  packageId: string,
): Promise<{ pack: Package; scene: Scene }> {
  const { orders, instructions } = dependencies
  if (!isStorableText(packageId)) throw new NotFoundError('package', packageId)
  const [order, contents, list, standing] = await Promise.all([
    orders.lockOrderOf(trx, packageId),
    orders.contentsBeside(trx, packageId),
    instructions.listBeside(trx, packageId),
    readStanding(dependencies, trx, packageId),
  ])
  if (order.state === 'canceled') throw new NotFoundError('package', packageId)
  const pack = contents.packages.find((candidate) => candidate.packageId === packageId)
  if (!pack) throw new NotFoundError('package', packageId)
  return { pack, scene: sceneOf({ order, contents, list, standing }) }
}

/** `atHand`: confirmations and deferrals are read as far as this package's occurrences need them; null: all. */
export async function readScene(
  dependencies: PackingDependencies,
  db: Db,
  order: Order,
  atHand: Package | null,
): Promise<Scene> {
  const { orders, instructions } = dependencies
  const [contents, list] = await Promise.all([
    orders.contents(db, order.orderId),
    instructions.listOfOrder(db, order.orderId),
  ])
  const standing = atHand
    ? await readStanding(dependencies, db, atHand.packageId)
    : await readAllStanding(dependencies, db, list)
  return sceneOf({ order, contents, list, standing })
}

type Standing = Pick<DueInput, 'confirmations' | 'deferrals'>

async function readStanding(dependencies: PackingDependencies, db: Db, packageId: string): Promise<Standing> {
  const [confirmations, deferrals] = await Promise.all([
    dependencies.confirmations.listOfPackage(db, packageId),
    listDeferralsOfPackage(db, packageId),
  ])
  return { confirmations, deferrals }
}

async function readAllStanding(
  dependencies: PackingDependencies,
  db: Db,
  list: readonly Instruction[],
): Promise<Standing> {
  const ids = list.map(({ instructionId }) => instructionId)
  const [confirmations, deferrals] = await Promise.all([
    dependencies.confirmations.list(db, ids),
    listDeferrals(db, ids),
  ])
  return { confirmations, deferrals }
}

function sceneOf({
  order,
  contents: { shipments, packages },
  list,
  standing,
}: {
  readonly order: Order
  readonly contents: OrderContents
  readonly list: readonly Instruction[]
  readonly standing: Standing
}): Scene {
  return {
    order,
    packages,
    instructions: new Map(list.map((instruction) => [instruction.instructionId, instruction])),
    due: {
      order,
      shipments,
      packages: packages.map((pack) => ({ ...pack, isPacked: pack.status === 'packed' })),
      instructions: list,
      ...standing,
    },
  }
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
