import type { FromSchema } from 'json-schema-to-ts'
import { label, type RestSchema, time } from './rest-values.ts'

export const merchantCreateBody = {
  title: 'NewMerchant',
  type: 'object',
  required: ['name'],
  properties: { name: label },
  examples: [{ name: 'Acme Shirts' }],
} as const satisfies RestSchema

export type MerchantCreateBody = FromSchema<typeof merchantCreateBody>

export const merchantUpdateBody = {
  title: 'MerchantChange',
  type: 'object',
  properties: { name: label },
  examples: [{ name: 'Acme Shirts and Mugs' }],
} as const satisfies RestSchema

export type MerchantUpdateBody = FromSchema<typeof merchantUpdateBody>

export const merchantAnswer = {
  title: 'Merchant',
  type: 'object',
  required: ['object', 'id', 'name', 'created_at', 'updated_at'],
  properties: {
    object: { const: 'merchant' },
    id: { type: 'string', description: '`mrch_…`' },
    name: { type: 'string' },
    created_at: time,
    updated_at: time,
  },
  examples: [
    {
      object: 'merchant',
      id: 'mrch_0a1B2c3D4e5F6g7H8i9J0k',
      name: 'Acme Shirts',
      created_at: '2026-11-25T08:30:00.000Z',
      updated_at: '2026-11-25T08:30:00.000Z',
    },
  ],
} as const satisfies RestSchema

export type MerchantAnswer = FromSchema<typeof merchantAnswer>
