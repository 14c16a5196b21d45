import { type Db, prepared, preparedOne, query, queryOne } from '../db/database.ts'
import type { NewOrder, Order, OrderItem, OrderState, ShippingAddress } from './order.ts'
import { sumQuantities } from './quantity.ts'
import { readInstant } from './search-value.ts'

export interface OrderRow {
  order_id: string
  unique_id: string
  merchant_id: string
  order_ref: string | null
  state: OrderState
  store_code: string | null
  shipping_method: string | null
  priority: number
  note: string | null
  custom_greeting: string | null
  requested_ship_date: string | null
  custom_fields: unknown
  total_item_count: string
  created_at: Date
  updated_at: Date
}

export const ORDER_COLUMNS = `orders.order_id, orders.unique_id, orders.merchant_id, orders.order_ref, orders.state,
  orders.store_code, orders.shipping_method, orders.priority, orders.note, orders.custom_greeting,
  orders.requested_ship_date, orders.custom_fields, orders.total_item_count, orders.created_at, orders.updated_at`

/** `merchantId` null: of any merchant. */
export async function findOrder(
  db: Db,
  { uniqueId, merchantId }: { uniqueId: string; merchantId: string | null },
): Promise<Order | undefined> {
  const row = await preparedOne<OrderRow>(
    db,
    `select ${ORDER_COLUMNS} from orders
     where orders.unique_id = :uniqueId and (:merchantId::text is null or orders.merchant_id = :merchantId)`,
    { uniqueId, merchantId },
  )
  return row && toOrder(row)
}

export async function lockOrderRow(db: Db, orderId: number): Promise<Order | undefined> {
  const row = await preparedOne<OrderRow>(
    db,
    `select ${ORDER_COLUMNS} from orders where orders.order_id = :orderId for update`,
    { orderId },
  )
  return row && toOrder(row)
}

/** As `lockOrderRow`, of that package: its order never changes. */
export async function lockOrderRowOfPackage(db: Db, packageId: string): Promise<Order | undefined> {
  const row = await preparedOne<OrderRow>(
    db,
    `select ${ORDER_COLUMNS} from packages join shipments using (shipment_id) join orders using (order_id)
     where packages.package_id = :packageId for update of orders`,
    { packageId },
  )
  return row && toOrder(row)
}

export async function findOrderState(db: Db, orderId: number): Promise<OrderState | undefined> {
  const row = await preparedOne<{ state: OrderState }>(
    db,
    'select orders.state from orders where orders.order_id = :orderId',
    { orderId },
  )
  return row?.state
}

/** What orders are told with on request alone. */
export interface OrderExtras {
  readonly shippingAddress: ShippingAddress
  readonly canceledAt: Date | null
}

export async function findOrderExtras(db: Db, orderId: number): Promise<OrderExtras | undefined> {
  const row = await preparedOne<{ shipping_address: ShippingAddress; canceled_at: Date | null }>(
    db,
    'select orders.shipping_address, orders.canceled_at from orders where orders.order_id = :orderId',
    { orderId },
  )
  return row && { shippingAddress: row.shipping_address, canceledAt: row.canceled_at }
}

export type OrderRecord = Omit<NewOrder, 'uniqueId'> & {
  readonly uniqueId: string
  readonly merchantId: string
  readonly createdBy: string
}

/** Undefined when an order of any merchant has that `uniqueId`. */
export async function insertOrder(db: Db, order: OrderRecord): Promise<Order | undefined> {
  const { items, customFields, shippingAddress, isOrderRefUnique: _isOrderRefUnique, ...columns } = order
  const row = await queryOne<OrderRow>(
    db,
    `insert into orders (unique_id, merchant_id, order_ref, store_code, shipping_method, priority, note,
       custom_greeting, requested_ship_date, requested_ship_at, custom_fields, shipping_address, total_item_count,
       created_by)
     values (:uniqueId, :merchantId, :orderRef, :storeCode, :shippingMethod, :priority, :note,
       :customGreeting, :requestedShipDate, to_timestamp(:requestedShipAt::float8), :customFields, :shippingAddress,
       :totalItemCount, :createdBy)
     on conflict on constraint orders_unique_id_key do nothing
     returning ${ORDER_COLUMNS}`,
    {
      ...columns,
      requestedShipAt: readInstant(columns.requestedShipDate) ?? null,
      customFields: customFields === null ? null : JSON.stringify(customFields),
      shippingAddress: JSON.stringify(shippingAddress),
      totalItemCount: sumQuantities(items.map(({ qty }) => qty)),
    },
  )
  if (!row) return undefined
  await insertItems(db, row.order_id, items)
  return toOrder(row)
}

async function insertItems(db: Db, orderId: string, items: readonly OrderItem[]): Promise<void> {
  await query(
    db,
    `insert into order_items (order_id, sku, qty, order_item_ref)
     select :orderId, given.sku, given.qty, given.order_item_ref
     from unnest(:skus::text[], :quantities::numeric[], :refs::text[])
       with ordinality as given (sku, qty, order_item_ref, position)
     order by given.position`,
    {
      orderId,
      skus: items.map(({ sku }) => sku),
      quantities: items.map(({ qty }) => qty),
      refs: items.map(({ orderItemRef }) => orderItemRef),
    },
  )
}

/** In the order given; their number is bounded at intake. */
export async function listOrderItems(db: Db, orderId: number): Promise<readonly OrderItem[]> {
  const rows = await query<{ sku: string; qty: string; order_item_ref: string | null }>(
    db,
    `select order_items.sku, order_items.qty, order_items.order_item_ref from order_items
     where order_items.order_id = :orderId order by order_items.order_item_id`,
    { orderId },
  )
  return rows.map(({ sku, qty, order_item_ref: orderItemRef }) => ({ sku, qty, orderItemRef }))
}

export async function hasOrderRef(db: Db, merchantId: string, orderRef: string): Promise<boolean> {
  const row = await queryOne(
    db,
    'select 1 from orders where orders.merchant_id = :merchantId and orders.order_ref = :orderRef limit 1',
    { merchantId, orderRef },
  )
  return row !== undefined
}

/** Until the transaction ends, nobody else who asks for the same lock can look whether that `orderRef` is there. */
export async function lockOrderRef(db: Db, merchantId: string, orderRef: string): Promise<void> {
  await query(db, 'select pg_advisory_xact_lock(hashtextextended(:key, 0))', {
    key: `order_ref ${merchantId} ${orderRef}`,
  })
}

/** The order as it is then. The caller holds its row lock. */
export async function updateOrderState(db: Db, orderId: number, state: OrderState): Promise<Order> {
  const [row] = await prepared<OrderRow>(
    db,
    `update orders set state = :state, updated_at = clock_timestamp(),
       canceled_at = case :state when 'canceled' then clock_timestamp() end
     where orders.order_id = :orderId returning ${ORDER_COLUMNS}`,
    { orderId, state },
  )
  return toOrder(row as OrderRow)
}

export function toOrder(row: OrderRow): Order {
  return {
    orderId: Number(row.order_id),
    uniqueId: row.unique_id,
    merchantId: row.merchant_id,
    orderRef: row.order_ref,
    state: row.state,
    storeCode: row.store_code,
    shippingMethod: row.shipping_method,
    priority: row.priority,
    note: row.note,
    customGreeting: row.custom_greeting,
    requestedShipDate: row.requested_ship_date,
    customFields: row.custom_fields,
    totalItemCount: row.total_item_count,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
