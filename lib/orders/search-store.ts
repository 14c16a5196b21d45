import { type Db, query } from '../db/database.ts'
import type { Order, Package, Shipment } from './order.ts'
import { ORDER_COLUMNS, type OrderRow, toOrder } from './order-store.ts'
import { type PackageRow, SELECT_PACKAGES, toPackage } from './package-store.ts'
import type { ORDER_SEARCH_FIELDS, PACKAGE_SEARCH_FIELDS, Search, SHIPMENT_SEARCH_FIELDS } from './search.ts'
import { type SqlCondition, toSqlCondition } from './search-condition-store.ts'
import { SELECT_SHIPMENTS, type ShipmentRow, toShipment } from './shipment-store.ts'

/** A search of the things that one merchant may see; `merchantId` null: of any merchant. */
export interface MerchantSearch {
  readonly search: Search
  readonly merchantId: string | null
}

/** Apart from its execution, so that its plan can be looked at. */
export interface SearchStatement {
  readonly sql: string
  readonly bindings: Readonly<Record<string, unknown>>
}

interface SearchTable<Field extends string> {
  readonly select: string
  /** The column, or an expression in its stead, of each field. */
  readonly columns: Readonly<Record<Field, string>>
  /** By what each field is sorted, ties included: as the index goes on that its column leads. */
  readonly sortKeys: Readonly<Partial<Record<Field | 'order_id', readonly string[]>>>
  /** Of the other fields, after their column. */
  readonly tieKeys: readonly string[]
}

const ORDERS: SearchTable<keyof typeof ORDER_SEARCH_FIELDS> = {
  select: `select ${ORDER_COLUMNS} from orders`,
  columns: {
    order_id: 'orders.order_id',
    unique_id: 'orders.unique_id',
    order_ref: 'orders.order_ref',
    state: 'orders.state',
    status: 'orders.state',
    store_code: 'orders.store_code',
    shipping_method: 'orders.shipping_method',
    priority: 'orders.priority',
    requested_ship_date: 'orders.requested_ship_at',
    created_at: 'orders.created_at',
    updated_at: 'orders.updated_at',
  },
  sortKeys: { order_id: ['orders.order_id'] },
  tieKeys: ['orders.order_id'],
}

const BY_SHIPMENT = ['shipments.order_id', 'shipments.position']
const SHIPMENTS: SearchTable<keyof typeof SHIPMENT_SEARCH_FIELDS> = {
  select: SELECT_SHIPMENTS,
  columns: {
    shipment_id: 'shipments.shipment_id',
    order_unique_id: 'orders.unique_id',
    order_ref: 'orders.order_ref',
    order_id: 'shipments.order_id',
    warehouse_id: 'shipments.warehouse_id',
    store_code: 'orders.store_code',
    status: 'shipments.status',
    shipment_type: `('parcel'::text collate "C")`,
    created_at: 'shipments.created_at',
    updated_at: 'shipments.updated_at',
    packed_at: 'shipments.packed_at',
  },
  sortKeys: { order_id: BY_SHIPMENT, shipment_type: BY_SHIPMENT },
  tieKeys: BY_SHIPMENT,
}

/** When a package left or arrived isn't known here. */
const NO_TIME = 'null::timestamptz'
const BY_PACKAGE = ['shipments.order_id', 'packages.package_number']
const PACKAGES: SearchTable<keyof typeof PACKAGE_SEARCH_FIELDS> = {
  select: SELECT_PACKAGES,
  columns: {
    package_id: 'packages.package_id',
    shipment_id: 'packages.shipment_id',
    order_unique_id: 'orders.unique_id',
    order_ref: 'orders.order_ref',
    package_status: 'packages.status',
    warehouse_id: 'shipments.warehouse_id',
    created_at: 'packages.created_at',
    updated_at: 'packages.updated_at',
    packed_at: 'packages.packed_at',
    shipped_at: NO_TIME,
    delivered_at: NO_TIME,
  },
  sortKeys: {
    order_id: BY_PACKAGE,
    shipped_at: BY_PACKAGE,
    delivered_at: BY_PACKAGE,
    order_ref: ['orders.order_ref', ...BY_PACKAGE],
    warehouse_id: ['shipments.warehouse_id', ...BY_PACKAGE],
  },
  tieKeys: ['packages.package_number'],
}

export const orderStatement = (search: MerchantSearch): SearchStatement => pageStatement(ORDERS, search)
export const shipmentStatement = (search: MerchantSearch): SearchStatement => pageStatement(SHIPMENTS, search)
export const packageStatement = (search: MerchantSearch): SearchStatement => pageStatement(PACKAGES, search)

export function orderCountStatement(search: MerchantSearch): SearchStatement {
  const { sql, bindings } = whereSql(ORDERS, search)
  return { sql: `select count(*) as count from orders where ${sql}`, bindings }
}

export async function searchOrders(db: Db, search: MerchantSearch): Promise<readonly Order[]> {
  return (await run<OrderRow>(db, orderStatement(search))).map(toOrder)
}

/** On all pages. */
export async function countOrders(db: Db, search: MerchantSearch): Promise<number> {
  const [row] = await run<{ count: string }>(db, orderCountStatement(search))
  return Number(row?.count)
}

export async function searchShipments(db: Db, search: MerchantSearch): Promise<readonly Shipment[]> {
  return (await run<ShipmentRow>(db, shipmentStatement(search))).map(toShipment)
}

export async function searchPackages(db: Db, search: MerchantSearch): Promise<readonly Package[]> {
  return (await run<PackageRow>(db, packageStatement(search))).map(toPackage)
}

function run<Row>(db: Db, { sql, bindings }: SearchStatement): Promise<Row[]> {
  return query<Row>(db, sql, bindings)
}

function pageStatement(table: SearchTable<string>, given: MerchantSearch): SearchStatement {
  const { limit, offset } = given.search
  const where = whereSql(table, given)
  return {
    sql: `${table.select} where ${where.sql} order by ${orderBySql(table, given.search)} limit :limit offset :offset`,
    bindings: { ...where.bindings, limit, offset },
  }
}

function whereSql({ columns }: SearchTable<string>, { search, merchantId }: MerchantSearch): SqlCondition {
  const { sql, bindings } = toSqlCondition(search.conditions, columns)
  if (merchantId === null) return { sql, bindings }
  return { sql: `orders.merchant_id = :merchantId and ${sql}`, bindings: { ...bindings, merchantId } }
}

/** Every key in the same direction: an index can be read from either end. */
function orderBySql(table: SearchTable<string>, { sortField, isDescending }: Search): string {
  const keys = table.sortKeys[sortField] ?? [table.columns[sortField], ...table.tieKeys]
  return keys.map((key) => `${key} ${isDescending ? 'desc' : 'asc'}`).join(', ')
}
