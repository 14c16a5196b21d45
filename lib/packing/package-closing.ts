import type { Caller } from '../access/caller.ts'
import { inTransaction } from '../db/transaction.ts'
import { ConflictError, InvalidError } from '../errors.ts'
import type { Package } from '../orders/order.ts'
import { blockersOf, occurrencesFor } from './due-engine.ts'
import type { PackingDependencies } from './packing-dependencies.ts'
import { readReason } from './packing-reason.ts'
import { assertUnpacked, lockScene } from './packing-scene.ts'
import { insertReopening } from './reopening-store.ts'

/** Throws ConflictError with `blockers` while something is due, deferred or changed. */
export function closePackage(dependencies: PackingDependencies, packageId: string): Promise<Package> {
  const { db, orders } = dependencies
  return inTransaction(db, async (trx) => {
    const { pack, scene } = await lockScene(dependencies, trx, packageId)
    assertUnpacked(pack)
    const blockers = blockersOf(occurrencesFor(scene.due, pack.packageId))
    if (blockers.length > 0) throw new ConflictError('package', 'blocked', blockers.join(', '), { blockers })
    await orders.markOpened(trx, pack)
    return orders.markPacked(trx, pack)
  })
}

/** Throws InvalidError with reason `invalid_status` for a package that isn't packed. */
export async function reopenPackage(
  dependencies: PackingDependencies,
  caller: Caller,
  given: { readonly packageId: string; readonly reason: string },
): Promise<Package> {
  const { db, orders } = dependencies
  const reason = readReason(given.reason)
  return inTransaction(db, async (trx) => {
    const { pack } = await lockScene(dependencies, trx, given.packageId)
    const { packageId, packedAt } = pack
    const reopened = await orders.markReopened(trx, pack)
    if (!reopened || !packedAt) {
      throw new InvalidError(null, 'invalid_status', `package ${packageId} is not packed`)
    }
    await insertReopening(trx, { packageId, userId: caller.id, reopenedBy: caller.name, reason, packedAt })
    return reopened
  })
}
