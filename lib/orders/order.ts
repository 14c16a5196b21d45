export type OrderState = 'new' | 'processing' | 'complete' | 'canceled'
export type ShipmentStatus = 'new' | 'packing' | 'packed' | 'canceled'
export type PackageStatus = 'packing' | 'packed'

/** Quantities are strings with four decimals; contracts/rpc.md, section 10. */
export interface Order {
  readonly orderId: number
  readonly uniqueId: string
  readonly merchantId: string
  readonly orderRef: string | null
  readonly state: OrderState
  readonly storeCode: string | null
  readonly shippingMethod: string | null
  readonly priority: number
  readonly note: string | null
  readonly customGreeting: string | null
  readonly requestedShipDate: string | null
  readonly customFields: unknown
  readonly totalItemCount: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface Shipment {
  readonly shipmentId: string
  readonly orderId: number
  readonly orderUniqueId: string
  readonly orderRef: string | null
  readonly merchantId: string
  readonly storeCode: string | null
  readonly locationId: string
  /** The integer id of the location in the RPC interface. */
  readonly warehouseId: number
  readonly status: ShipmentStatus
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly packedAt: Date | null
}

export interface Package {
  readonly packageId: string
  readonly shipmentId: string
  readonly orderId: number
  readonly orderUniqueId: string
  readonly orderRef: string | null
  readonly merchantId: string
  readonly locationId: string
  readonly warehouseId: number
  readonly status: PackageStatus
  readonly trackingNumber: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly packedAt: Date | null
}

/** Shipments and packages in order of creation. */
export interface OrderContents {
  readonly shipments: readonly Shipment[]
  readonly packages: readonly Package[]
}
