import type { FromSchema } from 'json-schema-to-ts'
import { listProperties } from './list-query.ts'
import { id, nullableString, nullableTime, type RestSchema, time } from './rest-values.ts'

const status = { enum: ['pending', 'delivered', 'failed'] } as const satisfies RestSchema

export const webhookDeliveryParameters = {
  type: 'object',
  properties: { ...listProperties, status, type: { type: 'string' }, event_id: id },
} as const satisfies RestSchema

export type WebhookDeliveryParameters = FromSchema<
  typeof webhookDeliveryParameters,
  { keepDefaultedPropertiesOptional: true }
>

export const webhookDeliveryAnswer = {
  title: 'WebhookDelivery',
  type: 'object',
  required: ['object', 'id', 'event_id', 'type', 'status', 'attempts', 'next_attempt_at', 'created_at'],
  properties: {
    object: { const: 'webhook_delivery' },
    id: { type: 'string', description: '`dlv_…`' },
    event_id: { type: 'string', description: '`evt_…`, sent as `webhook-id`' },
    type: { type: 'string' },
    status,
    attempts: {
      type: 'array',
      description: 'The newest fifty, oldest first',
      items: {
        type: 'object',
        required: ['at', 'status_code', 'error', 'duration_ms'],
        properties: {
          at: time,
          status_code: { type: ['integer', 'null'], description: 'Null: no answer came' },
          error: { ...nullableString, description: 'Null for a success' },
          duration_ms: { type: 'integer' },
        },
      },
    },
    next_attempt_at: { ...nullableTime, description: 'Null unless pending' },
    created_at: time,
  },
  examples: [
    {
      object: 'webhook_delivery',
      id: 'dlv_0a1B2c3D4e5F6g7H8i9J0k',
      event_id: 'evt_0a1B2c3D4e5F6g7H8i9J0k',
      type: 'cloud_printing.job.completed',
      status: 'pending',
      attempts: [
        {
          at: '2026-11-25T08:30:00.120Z',
          status_code: 503,
          error: 'answered with status 503',
          duration_ms: 84,
        },
      ],
      next_attempt_at: '2026-11-25T08:30:05.310Z',
      created_at: '2026-11-25T08:30:00.000Z',
    },
  ],
} as const satisfies RestSchema

export type WebhookDeliveryAnswer = FromSchema<typeof webhookDeliveryAnswer>
