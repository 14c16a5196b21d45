import { type Db, prepared, preparedOne, query, queryOne } from '../db/database.ts'
import type { Shipment, ShipmentStatus } from './order.ts'
import { ORDER_OF_PACKAGE } from './package-store.ts'

export interface ShipmentRow {
  shipment_id: string
  order_id: string
  order_unique_id: string
  order_ref: string | null
  merchant_id: string
  store_code: string | null
  location_id: string
  warehouse_id: string
  status: ShipmentStatus
  created_at: Date
  updated_at: Date
  packed_at: Date | null
}

export const SELECT_SHIPMENTS = `select shipments.shipment_id, shipments.order_id,
    orders.unique_id as order_unique_id, orders.order_ref, orders.merchant_id, orders.store_code,
    shipments.location_id, shipments.warehouse_id, shipments.status, shipments.created_at, shipments.updated_at,
    shipments.packed_at
  from shipments join orders using (order_id)`

/** `merchantId` null: of any merchant. */
export async function findShipment(
  db: Db,
  { shipmentId, merchantId }: { shipmentId: string; merchantId: string | null },
): Promise<Shipment | undefined> {
  const row = await preparedOne<ShipmentRow>(
    db,
    `${SELECT_SHIPMENTS} where shipments.shipment_id = :shipmentId
       and (:merchantId::text is null or orders.merchant_id = :merchantId)`,
    { shipmentId, merchantId },
  )
  return row && toShipment(row)
}

/** In order of creation; their number is bounded at creation. */
export async function listShipments(db: Db, orderId: number): Promise<readonly Shipment[]> {
  const rows = await prepared<ShipmentRow>(
    db,
    `${SELECT_SHIPMENTS} where shipments.order_id = :orderId order by shipments.position`,
    { orderId },
  )
  return rows.map(toShipment)
}

/** As `listShipments`, of the order of that package. */
export async function listShipmentsBeside(db: Db, packageId: string): Promise<readonly Shipment[]> {
  const rows = await prepared<ShipmentRow>(
    db,
    `${SELECT_SHIPMENTS}
     where shipments.order_id = ${ORDER_OF_PACKAGE}
     order by shipments.position`,
    { packageId },
  )
  return rows.map(toShipment)
}

/** False when a shipment of any merchant has that id. */
export async function insertShipment(
  db: Db,
  shipment: { shipmentId: string; orderId: number; locationId: string },
): Promise<boolean> {
  const row = await queryOne(
    db,
    `insert into shipments (shipment_id, order_id, location_id, warehouse_id)
     select :shipmentId, :orderId, locations.location_id, locations.warehouse_id from locations
     where locations.location_id = :locationId
     on conflict on constraint shipments_pkey do nothing returning shipment_id`,
    shipment,
  )
  return row !== undefined
}

/** `new` to `packing`; nothing is written when a package of it was opened before. */
export async function updateShipmentOpened(db: Db, shipmentId: string): Promise<void> {
  await prepared(
    db,
    `update shipments set status = 'packing', updated_at = clock_timestamp()
     where shipments.shipment_id = :shipmentId and shipments.status = 'new'`,
    { shipmentId },
  )
}

/** `packed` to `packing`; nothing is written when it wasn't packed. */
export async function updateShipmentReopened(db: Db, shipmentId: string): Promise<void> {
  await query(
    db,
    `update shipments set status = 'packing', packed_at = null, updated_at = clock_timestamp()
     where shipments.shipment_id = :shipmentId and shipments.status = 'packed'`,
    { shipmentId },
  )
}

/** False, and nothing is written, while one of its packages isn't packed. */
export async function updateShipmentPacked(db: Db, shipmentId: string): Promise<boolean> {
  const row = await queryOne(
    db,
    `update shipments set status = 'packed', packed_at = clock_timestamp(), updated_at = clock_timestamp()
     where shipments.shipment_id = :shipmentId and not exists
       (select 1 from packages where packages.shipment_id = :shipmentId and packages.status <> 'packed')
     returning shipments.shipment_id`,
    { shipmentId },
  )
  return row !== undefined
}

export async function hasShipment(db: Db, orderId: number): Promise<boolean> {
  const row = await queryOne(db, 'select 1 from shipments where shipments.order_id = :orderId limit 1', {
    orderId,
  })
  return row !== undefined
}

/** All shipments of the order. */
export async function updateShipmentsCanceled(db: Db, orderId: number): Promise<void> {
  await query(
    db,
    `update shipments set status = 'canceled', updated_at = clock_timestamp()
     where shipments.order_id = :orderId`,
    { orderId },
  )
}

/** The location with that integer id, or the first one when it is null. */
export async function findShippingLocation(db: Db, warehouseId: number | null): Promise<string | undefined> {
  const row = await preparedOne<{ location_id: string }>(
    db,
    `select locations.location_id from locations
     where :warehouseId::bigint is null or locations.warehouse_id = :warehouseId
     order by locations.warehouse_id limit 1`,
    { warehouseId },
  )
  return row?.location_id
}

export function toShipment(row: ShipmentRow): Shipment {
  return {
    shipmentId: row.shipment_id,
    orderId: Number(row.order_id),
    orderUniqueId: row.order_unique_id,
    orderRef: row.order_ref,
    merchantId: row.merchant_id,
    storeCode: row.store_code,
    locationId: row.location_id,
    warehouseId: Number(row.warehouse_id),
    status: row.status,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    packedAt: row.packed_at,
  }
}
