import type { EventType, RecordedEvent } from './event.ts'
import type { SigningWebhook } from './webhook.ts'

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]

/** One request and what became of it. */
export interface DeliveryAttempt {
  readonly at: Date
  /** Null: no answer came. */
  readonly statusCode: number | null
  /** Null for a success; holds no address and no header. */
  readonly error: string | null
  readonly durationMs: number
}

/** One event on its way to one webhook. */
export interface Delivery {
  readonly deliveryId: string
  readonly eventId: string
  readonly type: EventType
  readonly status: DeliveryStatus
  /** The newest fifty, oldest first. */
  readonly attempts: readonly DeliveryAttempt[]
  /** Null unless pending. */
  readonly nextAttemptAt: Date | null
  readonly createdAt: Date
}

/** Absent: any. */
export interface DeliveryFilter {
  readonly status?: DeliveryStatus | undefined
  readonly type?: string | undefined
  readonly eventId?: string | undefined
}

/** A delivery that this process may send, until its lease ends. */
export interface DeliveryClaim {
  readonly deliveryId: string
  readonly leaseId: string
  /** Tries of the present schedule that have failed. */
  readonly tries: number
  /** Rises by one per webhook. */
  readonly incrementId: number
  readonly event: RecordedEvent
  readonly webhook: SigningWebhook
}

/** What is done about an attempt's outcome. */
export interface DeliveryOutcome {
  readonly attempt: DeliveryAttempt
  readonly status: DeliveryStatus
  readonly nextAttemptAt: Date | null
  /** Why the webhook gets nothing any more; null: it does. */
  readonly disabledReason: string | null
}

/** A request that has ended, and what follows from it. */
export interface EndedDelivery {
  readonly claim: DeliveryClaim
  readonly outcome: DeliveryOutcome
}
