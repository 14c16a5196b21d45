import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

export const webhookDeleteArgs = {
  type: 'object',
  properties: { webhookId: identifier },
  required: ['webhookId'],
} as const satisfies JSONSchema

export type WebhookDeleteArgs = FromSchema<typeof webhookDeleteArgs>
