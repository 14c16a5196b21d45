import type { FromSchema, JSONSchema } from 'json-schema-to-ts'

export const webhookListArgs = { type: 'object', properties: {} } as const satisfies JSONSchema

export type WebhookListArgs = FromSchema<typeof webhookListArgs>

export const webhookListAnswer = {
  type: 'array',
  items: {
    type: 'object',
    required: ['webhook_id', 'is_active', 'topics', 'url', 'extra_headers', 'secret_key'],
    properties: {
      webhook_id: { type: 'integer' },
      is_active: { enum: [0, 1] },
      topics: { type: 'string', description: 'With commas, as subscribed to' },
      url: { type: 'string' },
      extra_headers: { type: 'string', description: '`Name: value` lines' },
      secret_key: { type: 'string', description: 'The last four characters' },
    },
  },
} as const satisfies JSONSchema
