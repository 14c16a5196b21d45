import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { isStorableText } from '../db/storable-text.ts'
import { inTransaction } from '../db/transaction.ts'
import { ConflictError, DomainError, InvalidError, NotFoundError } from '../errors.ts'
import { findFreeShipmentNumber } from './numbering-store.ts'
import type { NewShipment, Order, ShipmentDetails } from './order.ts'
import { findOrder, findOrderExtras, lockOrderRow, updateOrderState } from './order-store.ts'
import { countPackagesOfOrder, insertPackages, listPackagesOfShipment } from './package-store.ts'
import { packageTaken, planPackages, shipmentTaken } from './shipment-plan.ts'
import { findShipment, findShippingLocation, insertShipment } from './shipment-store.ts'

/** Ten full shipments: whoever opens a package reads all packages of its order. */
const PACKAGES_PER_ORDER_MAX = 2_000
/** Another caller may take the free number by its own choice, just before we do. */
const NUMBER_TRIES_MAX = 5

/** `OrdersService` has it all. */
export interface ShipmentsService {
  /**
   * The shipment with its packages, committed; the order is `processing` then, even if it was complete. Throws
   * NotFoundError('order'), ConflictError 'canceled' or 'conflict' (an id that is taken), InvalidError.
   */
  createShipment(caller: Caller, orderUniqueId: string, shipment: NewShipment): Promise<ShipmentDetails>
  /** Throws NotFoundError('shipment'). */
  getShipment(caller: Caller, shipmentId: string): Promise<ShipmentDetails>
}

export function createShipmentsService({ db }: { db: Db }): ShipmentsService {
  return {
    async createShipment(caller, orderUniqueId, draft) {
      const found = isStorableText(orderUniqueId)
        ? await findOrder(db, { uniqueId: orderUniqueId, merchantId: caller.merchantId })
        : undefined
      if (!found) throw new NotFoundError('order', orderUniqueId)
      return inTransaction(db, async (trx) => {
        const order = await lockOrderRow(trx, found.orderId)
        if (!order) throw new NotFoundError('order', orderUniqueId)
        const locationId = await chooseLocation(trx, draft.warehouseId)
        await assertTakesPackages(trx, order, draft.packages.length)
        const shipmentId = await insertWithPackages(trx, { order, locationId, draft })
        if (order.state !== 'processing') await updateOrderState(trx, order.orderId, 'processing')
        return getDetails(trx, caller, shipmentId)
      })
    },

    getShipment: (caller, shipmentId) => getDetails(db, caller, shipmentId),
  }
}

async function getDetails(db: Db, { merchantId }: Caller, shipmentId: string): Promise<ShipmentDetails> {
  const shipment = isStorableText(shipmentId) ? await findShipment(db, { shipmentId, merchantId }) : undefined
  const extras = shipment && (await findOrderExtras(db, shipment.orderId))
  if (!shipment || !extras) throw new NotFoundError('shipment', shipmentId)
  const packages = await listPackagesOfShipment(db, shipmentId)
  return { shipment, packages, shippingAddress: extras.shippingAddress }
}

async function chooseLocation(trx: Db, warehouseId: number | null): Promise<string> {
  const locationId = await findShippingLocation(trx, warehouseId)
  if (locationId !== undefined) return locationId
  const what = warehouseId === null ? 'there is no warehouse yet' : `there is no warehouse ${warehouseId}`
  throw new InvalidError('warehouse_id', 'invalid', what)
}

async function assertTakesPackages(trx: Db, { state, orderId }: Order, count: number): Promise<void> {
  if (state === 'canceled') {
    throw new ConflictError('order', 'canceled', 'the order is canceled', { field: null })
  }
  if ((await countPackagesOfOrder(trx, orderId)) + count > PACKAGES_PER_ORDER_MAX) {
    const rule = `an order takes at most ${PACKAGES_PER_ORDER_MAX} packages`
    throw new InvalidError('packages', 'invalid', rule)
  }
}

interface Insertion {
  readonly order: Order
  readonly locationId: string
  readonly draft: NewShipment
}

/** The id of the new shipment. */
async function insertWithPackages(trx: Db, { order, locationId, draft }: Insertion): Promise<string> {
  const shipmentId = await takeShipmentId(trx, draft, (id) =>
    insertShipment(trx, { shipmentId: id, orderId: order.orderId, locationId }),
  )
  const packages = planPackages(shipmentId, draft.packages)
  const inserted = await insertPackages(trx, shipmentId, packages)
  packages.forEach(({ packageId }, index) => {
    if (!inserted.has(packageId)) throw packageTaken(index, packageId)
  })
  return shipmentId
}

/** The id that was given, or the next free number. `take` answers false for one that is taken. */
async function takeShipmentId(
  trx: Db,
  { shipmentId, packages }: NewShipment,
  take: (shipmentId: string) => Promise<boolean>,
): Promise<string> {
  if (shipmentId !== null) {
    if (!(await take(shipmentId))) throw shipmentTaken(shipmentId)
    return shipmentId
  }
  for (let tries = 1; tries <= NUMBER_TRIES_MAX; tries += 1) {
    const number = await findFreeShipmentNumber(trx, packages.length)
    if (number !== undefined && (await take(number))) return number
  }
  throw new DomainError('unavailable', 'no shipment number is free', { subject: 'shipment' })
}
