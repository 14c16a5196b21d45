import { type Db, prepared, preparedOne, query, queryOne } from '../db/database.ts'
import type { Package, PackageStatus } from './order.ts'
import type { PlannedPackage } from './shipment-plan.ts'

export interface PackageRow {
  package_id: string
  shipment_id: string
  order_id: string
  order_unique_id: string
  order_ref: string | null
  merchant_id: string
  location_id: string
  warehouse_id: string
  status: PackageStatus
  tracking_number: string | null
  created_at: Date
  updated_at: Date
  packed_at: Date | null
}

export const SELECT_PACKAGES = `select packages.package_id, packages.shipment_id, shipments.order_id,
    orders.unique_id as order_unique_id, orders.order_ref, orders.merchant_id, shipments.location_id,
    shipments.warehouse_id, packages.status, packages.tracking_number, packages.created_at,
    packages.updated_at, packages.packed_at
  from packages join shipments using (shipment_id) join orders using (order_id)`

export async function findPackage(db: Db, packageId: string): Promise<Package | undefined> {
  const row = await preparedOne<PackageRow>(db, `${SELECT_PACKAGES} where packages.package_id = :packageId`, {
    packageId,
  })
  return row && toPackage(row)
}

/**
 * The package that a scanned code means: its own id, then its tracking number, its shipment's id, its order's
 * `unique_id`. Among several those of a canceled order come last, whose tracking number a new order may have; then the
 * first not yet packed, else the first.
 */
export async function findScannedPackage(db: Db, code: string): Promise<Package | undefined> {
  const row = await preparedOne<PackageRow>(
    db,
    `${SELECT_PACKAGES} join (
         select package_id, 1 as rank from packages where package_id = :code
         union all select package_id, 2 from packages where tracking_number = :code
         union all select package_id, 3 from packages where shipment_id = :code
         union all select packages.package_id, 4 from packages
           join shipments using (shipment_id) join orders using (order_id) where orders.unique_id = :code
       ) as scanned using (package_id)
     order by scanned.rank, orders.state = 'canceled', packages.status = 'packed', shipments.position,
       packages.position
     limit 1`,
    { code },
  )
  return row && toPackage(row)
}

/** By shipment and position; their number is bounded at creation. */
export async function listPackagesOfOrder(db: Db, orderId: number): Promise<readonly Package[]> {
  const rows = await prepared<PackageRow>(
    db,
    `${SELECT_PACKAGES} where shipments.order_id = :orderId order by shipments.position, packages.position`,
    { orderId },
  )
  return rows.map(toPackage)
}

/** SQL: the order of the package `:packageId`. */
export const ORDER_OF_PACKAGE = `(
  select shipments.order_id from packages join shipments using (shipment_id) where packages.package_id = :packageId)`

/** As `listPackagesOfOrder`, of the order of that package, which is among them. */
export async function listPackagesBeside(db: Db, packageId: string): Promise<readonly Package[]> {
  const rows = await prepared<PackageRow>(
    db,
    `${SELECT_PACKAGES}
     where shipments.order_id = ${ORDER_OF_PACKAGE}
     order by shipments.position, packages.position`,
    { packageId },
  )
  return rows.map(toPackage)
}

export async function listPackagesOfShipment(db: Db, shipmentId: string): Promise<readonly Package[]> {
  const rows = await prepared<PackageRow>(
    db,
    `${SELECT_PACKAGES} where packages.shipment_id = :shipmentId order by packages.position`,
    { shipmentId },
  )
  return rows.map(toPackage)
}

export async function countPackagesOfOrder(db: Db, orderId: number): Promise<number> {
  const [row] = await query<{ count: number }>(
    db,
    `select count(*)::integer as count from packages join shipments using (shipment_id)
     where shipments.order_id = :orderId`,
    { orderId },
  )
  return (row as { count: number }).count
}

/** The ids that were inserted: those that any merchant's package has are left out. */
export async function insertPackages(
  db: Db,
  shipmentId: string,
  packages: readonly PlannedPackage[],
): Promise<ReadonlySet<string>> {
  const rows = await query<{ package_id: string }>(
    db,
    `insert into packages (package_id, shipment_id, position, tracking_number)
     select given.package_id, :shipmentId, given.position, given.tracking_number
     from unnest(:packageIds::text[], :trackingNumbers::text[])
       with ordinality as given (package_id, tracking_number, position)
     on conflict on constraint packages_pkey do nothing returning package_id`,
    {
      shipmentId,
      packageIds: packages.map(({ packageId }) => packageId),
      trackingNumbers: packages.map(({ trackingNumber }) => trackingNumber),
    },
  )
  return new Set(rows.map(({ package_id: packageId }) => packageId))
}

/** False, and nothing is written, when it is packed already. */
export async function updatePackagePacked(db: Db, packageId: string): Promise<boolean> {
  const row = await preparedOne(
    db,
    `update packages set status = 'packed', packed_at = clock_timestamp(), updated_at = clock_timestamp()
     where packages.package_id = :packageId and packages.status <> 'packed' returning packages.package_id`,
    { packageId },
  )
  return row !== undefined
}

/** False, and nothing is written, when it isn't packed. */
export async function updatePackageReopened(db: Db, packageId: string): Promise<boolean> {
  const row = await queryOne(
    db,
    `update packages set status = 'packing', packed_at = null, updated_at = clock_timestamp()
     where packages.package_id = :packageId and packages.status = 'packed' returning packages.package_id`,
    { packageId },
  )
  return row !== undefined
}

export async function hasOpenPackage(db: Db, orderId: number): Promise<boolean> {
  const row = await preparedOne(
    db,
    `select 1 from packages join shipments using (shipment_id)
     where shipments.order_id = :orderId and packages.status <> 'packed' limit 1`,
    { orderId },
  )
  return row !== undefined
}

export async function hasPackedPackage(db: Db, orderId: number): Promise<boolean> {
  const row = await preparedOne(
    db,
    `select 1 from packages join shipments using (shipment_id)
     where shipments.order_id = :orderId and packages.status = 'packed' limit 1`,
    { orderId },
  )
  return row !== undefined
}

export function toPackage(row: PackageRow): Package {
  return {
    packageId: row.package_id,
    shipmentId: row.shipment_id,
    orderId: Number(row.order_id),
    orderUniqueId: row.order_unique_id,
    orderRef: row.order_ref,
    merchantId: row.merchant_id,
    locationId: row.location_id,
    warehouseId: Number(row.warehouse_id),
    status: row.status,
    trackingNumber: row.tracking_number,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    packedAt: row.packed_at,
  }
}
