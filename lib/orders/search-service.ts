import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { inSnapshot } from '../db/transaction.ts'
import type { Order, OrderDetails, Package, Shipment, ShipmentDetails } from './order.ts'
import type { Search } from './search.ts'
import {
  listItemsOfOrders,
  listPackagesOfOrders,
  listPackagesOfShipments,
  listShipmentsOfOrders,
  mapOrderExtras,
} from './search-details-store.ts'
import {
  countOrders,
  type MerchantSearch,
  searchOrders,
  searchPackages,
  searchShipments,
} from './search-store.ts'

/** One page, and how many there are on all of them at the same moment. */
export interface OrderPage<Found = Order> {
  readonly orders: readonly Found[]
  readonly totalCount: number
}

/** Merchants find their own alone. Details take a few statements, however many are found. `OrdersService` has it all. */
export interface SearchService {
  searchOrders(caller: Caller, search: Search): Promise<OrderPage>
  searchOrderDetails(caller: Caller, search: Search): Promise<OrderPage<OrderDetails>>
  searchShipments(caller: Caller, search: Search): Promise<readonly Shipment[]>
  searchShipmentDetails(caller: Caller, search: Search): Promise<readonly ShipmentDetails[]>
  searchPackages(caller: Caller, search: Search): Promise<readonly Package[]>
}

export function createSearchService({ db }: { db: Db }): SearchService {
  return {
    searchOrders: ({ merchantId }, search) =>
      inSnapshot(db, (on) => findOrderPage(on, { merchantId, search })),

    searchOrderDetails: ({ merchantId }, search) =>
      inSnapshot(db, async (on) => {
        const { orders, totalCount } = await findOrderPage(on, { merchantId, search })
        return { orders: await detailOrders(on, orders), totalCount }
      }),

    searchShipments: ({ merchantId }, search) => searchShipments(db, { merchantId, search }),

    searchShipmentDetails: ({ merchantId }, search) =>
      inSnapshot(db, async (on) => detailShipments(on, await searchShipments(on, { merchantId, search }))),

    searchPackages: ({ merchantId }, search) => searchPackages(db, { merchantId, search }),
  }
}

async function findOrderPage(db: Db, search: MerchantSearch): Promise<OrderPage> {
  return { orders: await searchOrders(db, search), totalCount: await countOrders(db, search) }
}

async function detailOrders(db: Db, orders: readonly Order[]): Promise<readonly OrderDetails[]> {
  const orderIds = orders.map(({ orderId }) => orderId)
  const extras = await mapOrderExtras(db, orderIds)
  const items = groupBy(await listItemsOfOrders(db, orderIds), ({ orderId }) => orderId)
  const shipments = groupBy(await listShipmentsOfOrders(db, orderIds), ({ orderId }) => orderId)
  const packages = groupBy(await listPackagesOfOrders(db, orderIds), ({ orderId }) => orderId)
  return orders.map((order) => ({
    order,
    shippingAddress: extras.get(order.orderId)?.shippingAddress ?? {},
    canceledAt: extras.get(order.orderId)?.canceledAt ?? null,
    items: items.get(order.orderId) ?? [],
    contents: {
      shipments: shipments.get(order.orderId) ?? [],
      packages: packages.get(order.orderId) ?? [],
    },
  }))
}

async function detailShipments(db: Db, shipments: readonly Shipment[]): Promise<readonly ShipmentDetails[]> {
  const orderIds = shipments.map(({ orderId }) => orderId)
  const extras = await mapOrderExtras(db, orderIds)
  const shipmentIds = shipments.map(({ shipmentId }) => shipmentId)
  const packages = groupBy(await listPackagesOfShipments(db, shipmentIds), ({ shipmentId }) => shipmentId)
  return shipments.map((shipment) => ({
    shipment,
    packages: packages.get(shipment.shipmentId) ?? [],
    shippingAddress: extras.get(shipment.orderId)?.shippingAddress ?? {},
  }))
}

function groupBy<Thing, Key>(
  things: readonly Thing[],
  keyOf: (thing: Thing) => Key,
): ReadonlyMap<Key, readonly Thing[]> {
  const groups = new Map<Key, Thing[]>()
  for (const thing of things) {
    const group = groups.get(keyOf(thing))
    if (group) group.push(thing)
    else groups.set(keyOf(thing), [thing])
  }
  return groups
}
