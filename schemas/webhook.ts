import type { FromSchema } from 'json-schema-to-ts'
import { held } from './hold.ts'
import { nullableString, type RestSchema, time } from './rest-values.ts'

/** What these mean is judged by lib/webhooks/webhook-rules.ts, which the RPC interface shares. */
const properties = {
  url: { type: 'string', storable: true, description: 'Absolute, `http:` or `https:`' },
  topics: {
    type: 'array',
    minItems: 1,
    maxItems: 100,
    items: { type: 'string', storable: true },
    description: 'Types of events, families such as `order_instruction.*`, or `*`',
  },
  headers: {
    type: 'object',
    additionalProperties: { type: ['string', 'number'], storable: true },
    description: 'Sent with every request, after those that Packhouse sets itself',
  },
  secret: {
    type: 'string',
    storable: true,
    description: '`whsec_` and base64 of 24 to 64 bytes; made if absent',
  },
} as const satisfies Record<string, RestSchema>

export const webhookCreateBody = {
  title: 'NewWebhook',
  type: 'object',
  required: ['url', 'topics'],
  properties,
  examples: [
    {
      url: 'https://hooks.example/packhouse',
      topics: ['cloud_printing.job.completed', 'order_instruction.*'],
      headers: { Authorization: 'Bearer 0a1b2c3d' },
    },
  ],
} as const satisfies RestSchema

export type WebhookCreateBody = FromSchema<typeof webhookCreateBody>

export const webhookUpdateBody = {
  title: 'WebhookChange',
  type: 'object',
  properties: { ...properties, status: { enum: ['enabled', 'disabled'] } },
  examples: [{ status: 'enabled' }],
} as const satisfies RestSchema

export type WebhookUpdateBody = FromSchema<typeof webhookUpdateBody>

const answerProperties = {
  object: { const: 'webhook' },
  id: { type: 'string', description: '`whk_…`' },
  url: { type: 'string' },
  topics: { type: 'array', items: { type: 'string' } },
  headers: { type: 'object', additionalProperties: { type: 'string' } },
  status: { enum: ['enabled', 'disabled'] },
  disabled_reason: { ...nullableString, description: 'Such as: the receiver answered 410 Gone' },
  held: { ...held, description: `Nothing is sent, events are kept for it. ${held.description}` },
  limit_to_location: { ...nullableString, description: "That location's events alone; null: every event" },
  created_at: time,
  updated_at: time,
  created_by: { type: 'string' },
  updated_by: { type: 'string' },
} as const satisfies Record<string, RestSchema>

const required = [
  'object',
  'id',
  'url',
  'topics',
  'headers',
  'status',
  'disabled_reason',
  'held',
  'limit_to_location',
  'created_at',
  'updated_at',
  'created_by',
  'updated_by',
] as const

const example = {
  object: 'webhook',
  id: 'whk_0a1B2c3D4e5F6g7H8i9J0k',
  url: 'https://hooks.example/packhouse',
  topics: ['cloud_printing.job.completed', 'order_instruction.*'],
  headers: { Authorization: 'Bearer 0a1b2c3d' },
  status: 'enabled',
  disabled_reason: null,
  held: null,
  limit_to_location: null,
  created_at: '2026-11-25T08:30:00.000Z',
  updated_at: '2026-11-25T08:30:00.000Z',
  created_by: 'key_0a1B2c3D4e5F6g7H8i9J0k',
  updated_by: 'key_0a1B2c3D4e5F6g7H8i9J0k',
} as const

export const webhookAnswer = {
  title: 'Webhook',
  type: 'object',
  required,
  properties: answerProperties,
  examples: [example],
} as const satisfies RestSchema

export type WebhookAnswer = FromSchema<typeof webhookAnswer>

const secret = {
  type: 'string',
  description: 'What the signatures are made with. Answered when it is set, and never again',
} as const satisfies RestSchema

export const createdWebhookAnswer = {
  title: 'CreatedWebhook',
  type: 'object',
  required: [...required, 'secret'],
  properties: { ...answerProperties, secret },
  examples: [{ ...example, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=' }],
} as const satisfies RestSchema

export const updatedWebhookAnswer = {
  title: 'UpdatedWebhook',
  type: 'object',
  required,
  properties: { ...answerProperties, secret },
  examples: [example],
} as const satisfies RestSchema
