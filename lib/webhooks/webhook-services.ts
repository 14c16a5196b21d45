import type { Db } from '../db/database.ts'
import type { Observe } from '../observation.ts'
import { createDeliveriesService, type DeliveriesService } from './deliveries-service.ts'
import { createEventStreamService, type EventStreamService } from './event-stream-service.ts'
import { createFanOutService, type FanOutService } from './fan-out-service.ts'
import { createMerchantWebhooksService, type MerchantWebhooksService } from './merchant-webhooks-service.ts'
import { createRetentionService, type RetentionService } from './retention-service.ts'
import type { WebhookGuard } from './webhook-rules.ts'
import { createWebhooksService, type WebhooksService } from './webhooks-service.ts'

/** Everything between a recorded event and those who want to know of it. */
export interface WebhookServices {
  readonly deliveries: DeliveriesService
  readonly eventStream: EventStreamService
  readonly fanOut: FanOutService
  readonly merchantWebhooks: MerchantWebhooksService
  readonly retention: RetentionService
  readonly webhooks: WebhooksService
}

export function createWebhookServices(options: {
  db: Db
  guard: WebhookGuard
  observe: Observe
}): WebhookServices {
  const { db } = options
  const webhooks = createWebhooksService(options)
  return {
    webhooks,
    merchantWebhooks: createMerchantWebhooksService(options),
    deliveries: createDeliveriesService({ db, webhooks }),
    eventStream: createEventStreamService({ db }),
    fanOut: createFanOutService({ db, observe: options.observe }),
    retention: createRetentionService({ db }),
  }
}
