import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { ConflictError, InvalidError } from '../errors.ts'
import type { Package } from '../orders/order.ts'
import { blockersOf, occurrencesFor } from './due-engine.ts'
import type { PackingDependencies } from './packing-dependencies.ts'
import { assertUnpacked, lockScene } from './packing-scene.ts'
import { insertReopening } from './reopening-store.ts'

/** Throws ConflictError with `blockers` while something is due, deferred or changed. */
export async function closePackage(
  dependencies: PackingDependencies,
  trx: Db,
  packageId: string,
): Promise<Package> {
  const { orders } = dependencies
  const { pack, scene } = await lockScene(dependencies, trx, packageId)
  assertUnpacked(pack)
  const blockers = blockersOf(occurrencesFor(scene.due, pack.packageId))
  if (blockers.length > 0) throw new ConflictError('package', 'blocked', blockers.join(', '), { blockers })
  await orders.markOpened(trx, pack)
  return orders.markPacked(trx, pack)
}

export interface PackageReopening {
  readonly caller: Caller
  readonly packageId: string
  readonly reason: string
}

/** Throws InvalidError with reason `invalid_status` for a package that isn't packed. */
export async function reopenPackage(
  dependencies: PackingDependencies,
  trx: Db,
  { caller, packageId, reason }: PackageReopening,
): Promise<Package> {
  const { pack } = await lockScene(dependencies, trx, packageId)
  const { packedAt } = pack
  const reopened = await dependencies.orders.markReopened(trx, pack)
  if (!reopened || !packedAt) {
    throw new InvalidError(null, 'invalid_status', `package ${packageId} is not packed`)
  }
  await insertReopening(trx, { packageId, userId: caller.id, reopenedBy: caller.name, reason, packedAt })
  return reopened
}
