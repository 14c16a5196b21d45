import type { Package } from '../../../orders/order.ts'
import { everyField, type Fields, pick } from './field-selection.ts'
import { isoTime, isoTimeOrNull } from './iso-time.ts'

/** contracts/rpc.md, section 10. What isn't known here, as what lies in which package, is null or empty. */
export const PACKAGE_FIELDS = {
  byDefault: {
    package_id: (pack) => pack.packageId,
    shipment_id: (pack) => pack.shipmentId,
    order_unique_id: (pack) => pack.orderUniqueId,
    order_ref: (pack) => pack.orderRef,
  },
  onStar: {
    package_status: (pack) => pack.status,
    warehouse_id: (pack) => pack.warehouseId,
    created_at: (pack) => isoTime(pack.createdAt),
    updated_at: (pack) => isoTime(pack.updatedAt),
    packed_at: (pack) => isoTimeOrNull(pack.packedAt),
    shipped_at: () => null,
    delivered_at: () => null,
  },
  heavy: {
    items: () => [],
    tracking_numbers: (pack) => trackingNumbers([pack]),
  },
} as const satisfies Record<string, Fields<Package>>

/** The package with the selected fields, all of them if not told otherwise. */
export function packageView(
  pack: Package,
  selected: ReadonlySet<string> = everyField(PACKAGE_FIELDS),
): Record<string, unknown> {
  const { byDefault, onStar, heavy } = PACKAGE_FIELDS
  return pick<Package>({ ...byDefault, ...onStar, ...heavy }, pack, selected)
}

export function trackingNumbers(packages: readonly Package[]): readonly string[] {
  return packages.flatMap(({ trackingNumber }) => (trackingNumber === null ? [] : [trackingNumber]))
}
