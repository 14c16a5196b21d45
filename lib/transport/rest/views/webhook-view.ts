import type { WebhookAnswer } from '../../../../schemas/webhook.ts'
import type { WebhookDeliveryAnswer } from '../../../../schemas/webhook-delivery.ts'
import type { Delivery } from '../../../webhooks/delivery.ts'
import type { Webhook } from '../../../webhooks/webhook.ts'
import { holdView } from './hold-view.ts'

/** Without its secret. */
export function webhookView(webhook: Webhook): WebhookAnswer {
  return {
    object: 'webhook',
    id: webhook.webhookId,
    url: webhook.url,
    topics: [...webhook.topics],
    headers: { ...webhook.headers },
    status: webhook.status,
    disabled_reason: webhook.disabledReason,
    held: holdView('webhook', webhook.heldAt),
    limit_to_location: webhook.limitToLocation,
    created_at: webhook.createdAt.toISOString(),
    updated_at: webhook.updatedAt.toISOString(),
    created_by: webhook.createdBy,
    updated_by: webhook.updatedBy,
  }
}

export function deliveryView(delivery: Delivery): WebhookDeliveryAnswer {
  return {
    object: 'webhook_delivery',
    id: delivery.deliveryId,
    event_id: delivery.eventId,
    type: delivery.type,
    status: delivery.status,
    attempts: delivery.attempts.map(({ at, statusCode, error, durationMs }) => ({
      at: at.toISOString(),
      status_code: statusCode,
      error,
      duration_ms: durationMs,
    })),
    next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
    created_at: delivery.createdAt.toISOString(),
  }
}
