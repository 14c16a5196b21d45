import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import type { Order, OrderDetails, Package, Shipment, ShipmentDetails } from './order.ts'
import type { Search } from './search.ts'
import {
  listItemsOfOrders,
  listPackagesOfOrders,
  listPackagesOfShipments,
  listShipmentsOfOrders,
  mapOrderExtras,
} from './search-details-store.ts'
import { countOrders, searchOrders, searchPackages, searchShipments } from './search-store.ts'

/** Merchants find their own alone. `OrdersService` has it all. */
export interface SearchService {
  /** One page, and how many there are on all of them. */
  searchOrders(
    caller: Caller,
    search: Search,
  ): Promise<{ readonly orders: readonly Order[]; readonly totalCount: number }>
  searchShipments(caller: Caller, search: Search): Promise<readonly Shipment[]>
  searchPackages(caller: Caller, search: Search): Promise<readonly Package[]>
  /** The same orders with everything about them, in a few statements however many they are. */
  detailOrders(orders: readonly Order[]): Promise<readonly OrderDetails[]>
  detailShipments(shipments: readonly Shipment[]): Promise<readonly ShipmentDetails[]>
}

export function createSearchService({ db }: { db: Db }): SearchService {
  return {
    async searchOrders({ merchantId }, search) {
      const orders = await searchOrders(db, { merchantId, search })
      return { orders, totalCount: await countOrders(db, { merchantId, search }) }
    },

    searchShipments: ({ merchantId }, search) => searchShipments(db, { merchantId, search }),
    searchPackages: ({ merchantId }, search) => searchPackages(db, { merchantId, search }),

    async detailOrders(orders) {
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
    },

    async detailShipments(shipments) {
      const orderIds = shipments.map(({ orderId }) => orderId)
      const extras = await mapOrderExtras(db, orderIds)
      const shipmentIds = shipments.map(({ shipmentId }) => shipmentId)
      const packages = groupBy(await listPackagesOfShipments(db, shipmentIds), ({ shipmentId }) => shipmentId)
      return shipments.map((shipment) => ({
        shipment,
        packages: packages.get(shipment.shipmentId) ?? [],
        shippingAddress: extras.get(shipment.orderId)?.shippingAddress ?? {},
      }))
    },
  }
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
