import type { Shipment, ShipmentDetails } from '../../../orders/order.ts'
import { addressView } from './address-view.ts'
import { everyField, type Fields, pick } from './field-selection.ts'
import { isoTime, isoTimeOrNull } from './iso-time.ts'
import { packageView, trackingNumbers } from './package-view.ts'

/** contracts/rpc.md, section 10. Which of its order's items a shipment holds, and serial numbers, aren't known here. */
export const SHIPMENT_FIELDS = {
  byDefault: {
    shipment_id: (shipment) => shipment.shipmentId,
    order_unique_id: (shipment) => shipment.orderUniqueId,
    order_ref: (shipment) => shipment.orderRef,
  },
  onStar: {
    order_id: (shipment) => shipment.orderId,
    warehouse_id: (shipment) => shipment.warehouseId,
    store_code: (shipment) => shipment.storeCode,
    status: (shipment) => shipment.status,
    shipment_type: () => 'parcel',
    created_at: (shipment) => isoTime(shipment.createdAt),
    updated_at: (shipment) => isoTime(shipment.updatedAt),
    packed_at: (shipment) => isoTimeOrNull(shipment.packedAt),
  },
  heavy: {
    shipping_address: ({ shippingAddress }) => addressView(shippingAddress),
    items: () => [],
    packages: ({ packages }) => packages.map((pack) => packageView(pack)),
    tracking_numbers: ({ packages }) => trackingNumbers(packages),
    serial_number_data: () => [],
  },
} as const satisfies {
  byDefault: Fields<Shipment>
  onStar: Fields<Shipment>
  heavy: Fields<ShipmentDetails>
}

/** Without the heavy fields. */
export function shipmentView(shipment: Shipment, selected: ReadonlySet<string>): Record<string, unknown> {
  return pick<Shipment>({ ...SHIPMENT_FIELDS.byDefault, ...SHIPMENT_FIELDS.onStar }, shipment, selected)
}

/** With every field, if not told otherwise. */
export function shipmentDetailsView(
  details: ShipmentDetails,
  selected: ReadonlySet<string> = everyField(SHIPMENT_FIELDS),
): Record<string, unknown> {
  const heavy = pick<ShipmentDetails>(SHIPMENT_FIELDS.heavy, details, selected)
  return { ...shipmentView(details.shipment, selected), ...heavy }
}
