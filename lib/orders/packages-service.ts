import type { Db } from '../db/database.ts'
import { isStorableText } from '../db/storable-text.ts'
import { ConflictError, NotFoundError } from '../errors.ts'
import type { EventType } from '../webhooks/event.ts'
import type { EventsService } from '../webhooks/events-service.ts'
import type { Package } from './order.ts'
import { findOrderState, updateOrderState } from './order-store.ts'
import {
  findPackage,
  findScannedPackage,
  hasOpenPackage,
  updatePackagePacked,
  updatePackageReopened,
} from './package-store.ts'
import {
  findShipment,
  updateShipmentOpened,
  updateShipmentPacked,
  updateShipmentReopened,
} from './shipment-store.ts'

/** What the packing floor needs of orders; `OrdersService` has it all. */
export interface PackagesService {
  /**
   * What a scanned code means: a package id, a tracking number, a shipment id, an order's unique id, in that order; for
   * several packages the first not yet packed, else the first. Canceled orders' packages too, if there is no other.
   */
  findPackageByCode(code: string): Promise<Package | undefined>
  /** Throws NotFoundError('package'). */
  getPackage(db: Db, packageId: string): Promise<Package>
  /** The shipment becomes `packing` if it was `new`. Idempotent; nothing is written when nothing changes. */
  markOpened(trx: Db, pack: Package): Promise<void>
  /**
   * The package as it is then: packed; its shipment packed and its order complete when it was the last. Records
   * package.packed, shipment.packed, order.completed. The caller holds the order's row lock. Throws
   * ConflictError('package', 'already_packed').
   */
  markPacked(trx: Db, pack: Package): Promise<Package>
  /**
   * The package as it is then: open, like its shipment and its order. The caller holds the order's row lock. Undefined,
   * and nothing is written, when it isn't packed.
   */
  markReopened(trx: Db, pack: Package): Promise<Package | undefined>
}

export function createPackagesService(options: { db: Db; events: EventsService }): PackagesService {
  const { db, events } = options

  const getPackage = async (on: Db, packageId: string): Promise<Package> => {
    const found = isStorableText(packageId) ? await findPackage(on, packageId) : undefined
    if (!found) throw new NotFoundError('package', packageId)
    return found
  }

  /** What became true of the package's place, and the thing that it became true of. */
  const record = (trx: Db, type: EventType, told: { pack: Package; id: string; data: object }) =>
    events.record(trx, {
      type,
      resource: { type: type.slice(0, type.indexOf('.')), id: told.id },
      // An order may have shipments in several places; its last package tells where it was completed.
      locationId: told.pack.locationId,
      merchantId: told.pack.merchantId,
      data: { ...told.data },
    })

  return {
    findPackageByCode: (code) =>
      isStorableText(code) ? findScannedPackage(db, code) : Promise.resolve(undefined),

    getPackage,

    async markOpened(trx, pack) {
      await updateShipmentOpened(trx, pack.shipmentId)
    },

    async markPacked(trx, { packageId }) {
      if (!(await updatePackagePacked(trx, packageId))) {
        await getPackage(trx, packageId)
        throw new ConflictError('package', 'already_packed', `package ${packageId} is already packed`)
      }
      const pack = await getPackage(trx, packageId)
      await record(trx, 'package.packed', { pack, id: packageId, data: pack })
      if (!(await updateShipmentPacked(trx, pack.shipmentId))) return pack
      const shipment = await findShipment(trx, { shipmentId: pack.shipmentId, merchantId: null })
      await record(trx, 'shipment.packed', { pack, id: pack.shipmentId, data: { ...shipment } })
      if (await hasOpenPackage(trx, pack.orderId)) return pack
      const order = await updateOrderState(trx, pack.orderId, 'complete')
      await record(trx, 'order.completed', { pack, id: order.uniqueId, data: order })
      return pack
    },

    async markReopened(trx, { packageId, shipmentId, orderId }) {
      if (!(await updatePackageReopened(trx, packageId))) return undefined
      await updateShipmentReopened(trx, shipmentId)
      if ((await findOrderState(trx, orderId)) === 'complete') {
        await updateOrderState(trx, orderId, 'processing')
      }
      return getPackage(trx, packageId)
    },
  }
}
