import type { ExtendedJSONSchema, FromSchema } from 'json-schema-to-ts'

type Schema = ExtendedJSONSchema<{ storable: boolean }>

/** contracts/rpc.md, section 12. Topics, URL and headers are judged by lib/webhooks/webhook-rules.ts. */
const webhook = {
  type: 'object',
  storable: true,
  required: ['url', 'topics', 'secret_key'],
  properties: {
    url: { type: 'string' },
    topics: {
      anyOf: [{ type: 'string' }, { type: 'array', maxItems: 100, items: { type: 'string' } }],
      description: 'An array, or a string with commas',
    },
    secret_key: { type: 'string', minLength: 8, maxLength: 191 },
    is_active: { enum: [true, false, 0, 1, null] },
    extra_headers: { type: ['string', 'null'], maxLength: 65_536, description: '`Name: value` lines' },
  },
} as const satisfies Schema

export const webhookCreateArgs = {
  type: 'object',
  properties: { webhook },
  required: ['webhook'],
} as const satisfies Schema

export type WebhookCreateArgs = FromSchema<typeof webhookCreateArgs>
