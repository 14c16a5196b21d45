/** Topics of contracts/cloud-printing.md, section 7. */
export type EventType =
  | `cloud_printing.job.${'created' | 'processing' | 'completed' | 'failed' | 'canceled'}`
  | 'cloud_printing.printer.state_changed'
  | `order_instruction.${'created' | 'edited' | 'deleted' | 'confirmed'}`
  | `order.${'created' | 'canceled' | 'completed'}`
  | 'shipment.packed'
  | 'package.packed'

/** Something that happened, to be told to whoever subscribed. */
export interface NewEvent {
  readonly type: EventType
  readonly resource: { readonly type: string; readonly id: string }
  readonly locationId: string | null
  readonly merchantId: string | null
  /** The domain object as at that moment; transports give it its wire shape. */
  readonly data: Readonly<Record<string, unknown>>
}
