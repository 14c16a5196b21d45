/** Topics of contracts/cloud-printing.md, section 7. */
export const EVENT_TYPES = [
  'cloud_printing.job.created',
  'cloud_printing.job.processing',
  'cloud_printing.job.completed',
  'cloud_printing.job.failed',
  'cloud_printing.job.canceled',
  'cloud_printing.printer.state_changed',
  'order_instruction.created',
  'order_instruction.edited',
  'order_instruction.deleted',
  'order_instruction.confirmed',
  'order.created',
  'order.canceled',
  'order.completed',
  'shipment.packed',
  'package.packed',
] as const
export type EventType = (typeof EVENT_TYPES)[number]

/** Something that happened, to be told to whoever subscribed. */
export interface NewEvent {
  readonly type: EventType
  readonly resource: { readonly type: string; readonly id: string }
  readonly locationId: string | null
  readonly merchantId: string | null
  /** The domain object as at that moment; transports give it its wire shape. */
  readonly data: Readonly<Record<string, unknown>>
  /** Of what caused it, where that isn't the request at hand. */
  readonly traceparent?: string | null
}

/** An event as it was recorded. Dates within `data` have become strings. */
export interface RecordedEvent {
  readonly eventId: string
  readonly type: EventType
  /** Rises by one per resource, from 1. */
  readonly sequence: number
  readonly locationId: string | null
  readonly data: Readonly<Record<string, unknown>>
  readonly createdAt: Date
  /** W3C Trace Context of what caused it. */
  readonly traceparent: string | null
}
