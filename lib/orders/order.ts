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

export interface OrderItem {
  readonly sku: string
  /** Above 0, four decimals. */
  readonly qty: string
  readonly orderItemRef: string | null
}

export const ADDRESS_MEMBERS = [
  'firstname',
  'lastname',
  'company',
  'street1',
  'street2',
  'street',
  'city',
  'region',
  'postcode',
  'country',
  'telephone',
  'email',
] as const

/** The members that were given, as they were given. */
export type ShippingAddress = Readonly<Partial<Record<(typeof ADDRESS_MEMBERS)[number], string>>>

/** An order as it is asked for: the form is right, whether it may be is not known yet. */
export interface NewOrder {
  /** Null: the next free number. */
  readonly uniqueId: string | null
  readonly orderRef: string | null
  /** Refuse it when the merchant has an order with that `orderRef`. */
  readonly isOrderRefUnique: boolean
  readonly storeCode: string | null
  readonly shippingMethod: string | null
  readonly priority: number
  readonly note: string | null
  readonly customGreeting: string | null
  readonly requestedShipDate: string | null
  /** Any JSON. */
  readonly customFields: unknown
  readonly shippingAddress: ShippingAddress
  readonly items: readonly OrderItem[]
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

/** An order with everything that is told of it when asked for. */
export interface OrderDetails {
  readonly order: Order
  readonly shippingAddress: ShippingAddress
  readonly items: readonly OrderItem[]
  readonly contents: OrderContents
  readonly canceledAt: Date | null
}

export interface NewPackage {
  /** Null: `<shipment id>-<n>`. */
  readonly packageId: string | null
  readonly trackingNumber: string | null
}

export interface NewShipment {
  /** Null: the next free number. */
  readonly shipmentId: string | null
  /** Null: the first location. */
  readonly warehouseId: number | null
  /** At least one. */
  readonly packages: readonly NewPackage[]
}

export interface ShipmentDetails {
  readonly shipment: Shipment
  readonly packages: readonly Package[]
  /** Of its order. */
  readonly shippingAddress: ShippingAddress
}
