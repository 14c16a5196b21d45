import { type Db, query } from '../db/database.ts'
import type { OrderItem, Package, Shipment, ShippingAddress } from './order.ts'
import type { OrderExtras } from './order-store.ts'
import { type PackageRow, SELECT_PACKAGES, toPackage } from './package-store.ts'
import { SELECT_SHIPMENTS, type ShipmentRow, toShipment } from './shipment-store.ts'

/** One statement for all of a page: it has at most 100 orders or shipments. */
export async function mapOrderExtras(
  db: Db,
  orderIds: readonly number[],
): Promise<ReadonlyMap<number, OrderExtras>> {
  const rows = await query<{ order_id: string; shipping_address: ShippingAddress; canceled_at: Date | null }>(
    db,
    `select orders.order_id, orders.shipping_address, orders.canceled_at from orders
     where orders.order_id = any(:orderIds::bigint[])`,
    { orderIds },
  )
  return new Map(
    rows.map((row) => [
      Number(row.order_id),
      { shippingAddress: row.shipping_address, canceledAt: row.canceled_at },
    ]),
  )
}

/** Of each order in the order given. */
export async function listItemsOfOrders(
  db: Db,
  orderIds: readonly number[],
): Promise<readonly (OrderItem & { readonly orderId: number })[]> {
  const rows = await query<{ order_id: string; sku: string; qty: string; order_item_ref: string | null }>(
    db,
    `select order_items.order_id, order_items.sku, order_items.qty, order_items.order_item_ref from order_items
     where order_items.order_id = any(:orderIds::bigint[]) order by order_items.order_item_id`,
    { orderIds },
  )
  return rows.map(({ order_id: orderId, sku, qty, order_item_ref: orderItemRef }) => ({
    orderId: Number(orderId),
    sku,
    qty,
    orderItemRef,
  }))
}

export async function listShipmentsOfOrders(
  db: Db,
  orderIds: readonly number[],
): Promise<readonly Shipment[]> {
  const rows = await query<ShipmentRow>(
    db,
    `${SELECT_SHIPMENTS} where shipments.order_id = any(:orderIds::bigint[]) order by shipments.position`,
    { orderIds },
  )
  return rows.map(toShipment)
}

export async function listPackagesOfOrders(db: Db, orderIds: readonly number[]): Promise<readonly Package[]> {
  const rows = await query<PackageRow>(
    db,
    `${SELECT_PACKAGES} where shipments.order_id = any(:orderIds::bigint[])
     order by shipments.position, packages.position`,
    { orderIds },
  )
  return rows.map(toPackage)
}

export async function listPackagesOfShipments(
  db: Db,
  shipmentIds: readonly string[],
): Promise<readonly Package[]> {
  const rows = await query<PackageRow>(
    db,
    `${SELECT_PACKAGES} where packages.shipment_id = any(:shipmentIds::text[])
     order by shipments.position, packages.position`,
    { shipmentIds },
  )
  return rows.map(toPackage)
}
