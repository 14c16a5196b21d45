import type { FromSchema } from 'json-schema-to-ts'
import { id, label, nullableString, type RestSchema, time } from './rest-values.ts'

const role = { enum: ['merchant', 'packer', 'supervisor'] } as const satisfies RestSchema

const properties = {
  username: label,
  role,
  merchant_id: { ...id, description: 'Required with role `merchant`, and with no other' },
  location_id: { ...id, description: 'Where the user works' },
} as const satisfies Record<string, RestSchema>

export const userCreateBody = {
  title: 'NewUser',
  type: 'object',
  required: ['username', 'role'],
  properties,
  examples: [
    { username: 'acme', role: 'merchant', merchant_id: 'mrch_0a1B2c3D4e5F6g7H8i9J0k' },
    { username: 'maria', role: 'packer', location_id: 'loc_0a1B2c3D4e5F6g7H8i9J0k' },
  ],
} as const satisfies RestSchema

export type UserCreateBody = FromSchema<typeof userCreateBody>

export const userUpdateBody = {
  title: 'UserChange',
  type: 'object',
  properties: {
    ...properties,
    disabled: { type: 'boolean', description: 'True: no login, and sessions end at once' },
  },
  examples: [{ disabled: true }],
} as const satisfies RestSchema

export type UserUpdateBody = FromSchema<typeof userUpdateBody>

const answerProperties = {
  object: { const: 'user' },
  id: { type: 'string', description: '`usr_…`' },
  username: { type: 'string' },
  role,
  merchant_id: nullableString,
  location_id: nullableString,
  disabled: { type: 'boolean' },
  last4: { type: 'string', description: 'The last four characters of the API key' },
  created_at: time,
  updated_at: time,
} as const satisfies Record<string, RestSchema>

const required = [
  'object',
  'id',
  'username',
  'role',
  'merchant_id',
  'location_id',
  'disabled',
  'last4',
  'created_at',
  'updated_at',
] as const

const example = {
  object: 'user',
  id: 'usr_0a1B2c3D4e5F6g7H8i9J0k',
  username: 'maria',
  role: 'packer',
  merchant_id: null,
  location_id: 'loc_0a1B2c3D4e5F6g7H8i9J0k',
  disabled: false,
  last4: 'Lk3f',
  created_at: '2026-11-25T08:30:00.000Z',
  updated_at: '2026-11-25T08:30:00.000Z',
} as const

export const userAnswer = {
  title: 'User',
  type: 'object',
  required,
  properties: answerProperties,
  examples: [example],
} as const satisfies RestSchema

export type UserAnswer = FromSchema<typeof userAnswer>

export const createdUserAnswer = {
  title: 'CreatedUser',
  type: 'object',
  required: [...required, 'api_key'],
  properties: {
    ...answerProperties,
    api_key: { type: 'string', description: 'What `login` takes. No later answer holds it' },
  },
  examples: [{ ...example, api_key: 'M4ebkQzEx7QddcMDNjfNs0G9IPPhOYxHR0tyLk3f' }],
} as const satisfies RestSchema
