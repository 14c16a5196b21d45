import type { Order, OrderDetails, OrderItem } from '../../../orders/order.ts'
import { statusHistory } from '../../../orders/status-history.ts'
import { addressView } from './address-view.ts'
import { type Fields, pick, selectFields } from './field-selection.ts'
import { isoTime } from './iso-time.ts'
import { packageView, trackingNumbers } from './package-view.ts'
import { SHIPMENT_FIELDS, shipmentView } from './shipment-view.ts'

/** contracts/rpc.md, section 10. Serial numbers aren't known here. */
export const ORDER_FIELDS = {
  byDefault: {
    order_id: (order) => order.orderId,
    unique_id: (order) => order.uniqueId,
    order_ref: (order) => order.orderRef,
  },
  onStar: {
    state: (order) => order.state,
    status: (order) => order.state,
    store_code: (order) => order.storeCode,
    shipping_method: (order) => order.shippingMethod,
    priority: (order) => order.priority,
    note: (order) => order.note,
    custom_greeting: (order) => order.customGreeting,
    requested_ship_date: (order) => order.requestedShipDate,
    custom_fields: (order) => order.customFields,
    total_item_count: (order) => order.totalItemCount,
    created_at: (order) => isoTime(order.createdAt),
    updated_at: (order) => isoTime(order.updatedAt),
  },
  heavy: {
    shipping_address: ({ shippingAddress }) => addressView(shippingAddress),
    items: ({ items }) => items.map(itemView),
    shipments: ({ contents }) =>
      contents.shipments.map((shipment) => shipmentView(shipment, SHIPMENT_SUMMARY)),
    packages: ({ contents }) => contents.packages.map((pack) => packageView(pack)),
    tracking_numbers: ({ contents }) => trackingNumbers(contents.packages),
    status_history: (details) =>
      statusHistory(details).map(({ state, since }) => ({ status: state, created_at: isoTime(since) })),
    serial_number_data: () => [],
  },
} as const satisfies { byDefault: Fields<Order>; onStar: Fields<Order>; heavy: Fields<OrderDetails> }

const SHIPMENT_SUMMARY = selectFields(SHIPMENT_FIELDS, '*')

/** All but the heavy fields: what order.create answers and events tell. */
export const ORDER_SUMMARY = selectFields(ORDER_FIELDS, '*')

/** Without the heavy fields. */
export function orderView(order: Order, selected: ReadonlySet<string>): Record<string, unknown> {
  return pick<Order>({ ...ORDER_FIELDS.byDefault, ...ORDER_FIELDS.onStar }, order, selected)
}

/** With those heavy fields that are selected. */
export function orderDetailsView(
  details: OrderDetails,
  selected: ReadonlySet<string>,
): Record<string, unknown> {
  const heavy = pick<OrderDetails>(ORDER_FIELDS.heavy, details, selected)
  return { ...orderView(details.order, selected), ...heavy }
}

function itemView({ sku, qty, orderItemRef }: OrderItem): Record<string, unknown> {
  return { sku, qty, order_item_ref: orderItemRef }
}
