import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { isStorableText } from '../db/storable-text.ts'
import { inSnapshot } from '../db/transaction.ts'
import { ConflictError, DomainError, NotFoundError } from '../errors.ts'
import type { EventsService } from '../webhooks/events-service.ts'
import { findFreeOrderNumber } from './numbering-store.ts'
import type { NewOrder, Order, OrderContents, OrderDetails } from './order.ts'
import {
  findOrder,
  findOrderExtras,
  hasOrderRef,
  insertOrder,
  listOrderItems,
  lockOrderRef,
  lockOrderRow,
  lockOrderRowOfPackage,
} from './order-store.ts'
import { createOrderTurns } from './order-turns.ts'
import { listPackagesBeside, listPackagesOfOrder } from './package-store.ts'
import { createPackagesService, type PackagesService } from './packages-service.ts'
import { createSearchService, type SearchService } from './search-service.ts'
import { listShipments, listShipmentsBeside } from './shipment-store.ts'
import { createShipmentsService, type ShipmentsService } from './shipments-service.ts'
import { createWarehousesService, type WarehousesService } from './warehouses-service.ts'

/** Another caller may take the free number by its own choice, just before we do. */
const NUMBER_TRIES_MAX = 5
/** An order takes a hundred instructions in all. */
const TURNS_WAITING_MAX = 100

/** Orders with their shipments and packages: contracts/rpc.md, section 10. */
export interface OrdersService extends ShipmentsService, PackagesService, SearchService, WarehousesService {
  /** Throws NotFoundError('order', …). Any text is allowed: U+0000, thirty digits … name nothing. */
  getOrder(caller: Caller, uniqueId: string): Promise<Order>
  /** With address, items, shipments and packages. Throws as `getOrder`. */
  getOrderDetails(caller: Caller, uniqueId: string): Promise<OrderDetails>
  /**
   * For a transaction that locks the order: it begins when this process has no other one of that order any more. Throws
   * `unavailable` when too many wait, and what `work` throws.
   */
  inTurn<T>(orderId: number, work: () => Promise<T>): Promise<T>
  /** FOR UPDATE; the order as it is now. Throws NotFoundError('order'). */
  lockOrder(trx: Db, orderId: number): Promise<Order>
  /** The same for the order of a package. Throws NotFoundError('package'). */
  lockOrderOf(trx: Db, packageId: string): Promise<Order>
  contents(db: Db, orderId: number): Promise<OrderContents>
  /** Of the order of that package, which is among them; nothing where there is no such package. */
  contentsBeside(db: Db, packageId: string): Promise<OrderContents>
  /**
   * Throws ConflictError('order', 'canceled' | 'already_packed', …, {field: null}) when nothing can be added
   * (contracts/rpc.md, "Closed orders"). Of the order as it was read: what counts is the one that was locked.
   */
  assertOpen(order: Order): void
  /** Throws ConflictError('order', 'taken', …) as `insertOrder` would by now, before files are fetched for nothing. */
  assertInsertable(db: Db, caller: Caller, order: NewOrder): Promise<void>
  /**
   * The order with its items; records order.created. Throws ConflictError('order', 'taken', …) for a `uniqueId` that
   * exists, or an `orderRef` of the merchant's that should be unique.
   */
  insertOrder(trx: Db, caller: Caller, order: NewOrder): Promise<Order>
}

export function createOrdersService({ db, events }: { db: Db; events: EventsService }): OrdersService {
  const turns = createOrderTurns({ waitingMax: TURNS_WAITING_MAX })
  return {
    ...createShipmentsService({ db }),
    ...createPackagesService({ db, events }),
    ...createSearchService({ db }),
    ...createWarehousesService({ db }),

    getOrder: (caller, uniqueId) => getOrder(db, caller, uniqueId),

    getOrderDetails: (caller, uniqueId) =>
      inSnapshot(db, async (on) => {
        const order = await getOrder(on, caller, uniqueId)
        const extras = await findOrderExtras(on, order.orderId)
        if (!extras) throw new NotFoundError('order', uniqueId)
        const items = await listOrderItems(on, order.orderId)
        return { order, ...extras, items, contents: await listContents(on, order.orderId) }
      }),

    inTurn: (orderId, work) => turns.take(orderId, work),

    async lockOrder(trx, orderId) {
      const order = await lockOrderRow(trx, orderId)
      if (!order) throw new NotFoundError('order', String(orderId))
      return order
    },

    async lockOrderOf(trx, packageId) {
      const order = await lockOrderRowOfPackage(trx, packageId)
      if (!order) throw new NotFoundError('package', packageId)
      return order
    },

    contents: listContents,

    async contentsBeside(on, packageId) {
      const [shipments, packages] = await Promise.all([
        listShipmentsBeside(on, packageId),
        listPackagesBeside(on, packageId),
      ])
      return { shipments, packages }
    },

    assertOpen({ state }) {
      if (state === 'canceled') throw closed('canceled', 'the order is canceled')
      if (state === 'complete') throw closed('already_packed', 'all packages of the order are packed')
    },

    async assertInsertable(on, caller, order) {
      const { uniqueId } = order
      if (uniqueId !== null && (await findOrder(on, { uniqueId, merchantId: null }))) throw idTaken(uniqueId)
      await assertOrderRefFree(on, merchantOf(caller), order)
    },

    async insertOrder(trx, caller, draft) {
      const merchantId = merchantOf(caller)
      await lockOrderRefIfUnique(trx, merchantId, draft)
      await assertOrderRefFree(trx, merchantId, draft)
      const order = await takeUniqueId(trx, draft.uniqueId, (uniqueId) =>
        insertOrder(trx, { ...draft, uniqueId, merchantId, createdBy: caller.id }),
      )
      await events.record(trx, {
        type: 'order.created',
        resource: { type: 'order', id: order.uniqueId },
        locationId: null,
        merchantId,
        data: { ...order },
      })
      return order
    },
  }
}

async function getOrder(db: Db, { merchantId }: Caller, uniqueId: string): Promise<Order> {
  const order = isStorableText(uniqueId) ? await findOrder(db, { uniqueId, merchantId }) : undefined
  if (!order) throw new NotFoundError('order', uniqueId)
  return order
}

async function listContents(db: Db, orderId: number): Promise<OrderContents> {
  const [shipments, packages] = await Promise.all([
    listShipments(db, orderId),
    listPackagesOfOrder(db, orderId),
  ])
  return { shipments, packages }
}

/** The order with the id that was given, or else with the next free number. `insert` answers undefined for a taken id. */
async function takeUniqueId(
  trx: Db,
  uniqueId: string | null,
  insert: (uniqueId: string) => Promise<Order | undefined>,
): Promise<Order> {
  if (uniqueId !== null) {
    const order = await insert(uniqueId)
    if (!order) throw idTaken(uniqueId)
    return order
  }
  for (let tries = 1; tries <= NUMBER_TRIES_MAX; tries += 1) {
    const number = await findFreeOrderNumber(trx)
    const order = number === undefined ? undefined : await insert(number)
    if (order) return order
  }
  throw new DomainError('unavailable', 'no order number is free', { subject: 'order' })
}

/** Two calls at once can't both find an `orderRef` unused; whoever doesn't ask for uniqueness doesn't wait. */
async function lockOrderRefIfUnique(trx: Db, merchantId: string, order: NewOrder): Promise<void> {
  if (order.isOrderRefUnique && order.orderRef !== null) await lockOrderRef(trx, merchantId, order.orderRef)
}

async function assertOrderRefFree(db: Db, merchantId: string, order: NewOrder): Promise<void> {
  const { orderRef } = order
  if (!order.isOrderRefUnique || orderRef === null) return
  if (await hasOrderRef(db, merchantId, orderRef)) {
    const message = `an order with order_ref ${orderRef} exists already`
    throw new ConflictError('order', 'taken', message, { field: 'order_ref' })
  }
}

function merchantOf({ merchantId }: Caller): string {
  if (merchantId === null) throw new DomainError('forbidden', 'orders belong to merchants')
  return merchantId
}

function idTaken(uniqueId: string): ConflictError {
  return new ConflictError('order', 'taken', `an order with unique_id ${uniqueId} exists already`, {
    field: 'unique_id',
  })
}

function closed(reason: 'canceled' | 'already_packed', message: string): ConflictError {
  return new ConflictError('order', reason, message, { field: null })
}
