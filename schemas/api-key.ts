import type { FromSchema } from 'json-schema-to-ts'
import { id, instant, label, nullableString, nullableTime, type RestSchema, time } from './rest-values.ts'

/** `api_keys:read` … `thermal:write`, as in lib/access/scope.ts; a test holds them equal. */
const scope = {
  enum: [
    'api_keys:read',
    'api_keys:write',
    'merchants:read',
    'merchants:write',
    'users:read',
    'users:write',
    'locations:read',
    'locations:write',
    'webhooks:read',
    'webhooks:write',
    'print_jobs:read',
    'print_jobs:write',
    'print_stations:read',
    'print_stations:write',
    'thermal:read',
    'thermal:write',
  ],
} as const satisfies RestSchema

const scopes = { type: 'array', minItems: 1, maxItems: 100, items: scope } as const satisfies RestSchema

const properties = {
  name: label,
  scopes,
  limit_to_location: id,
  expires_at: instant,
} as const satisfies Record<string, RestSchema>

export const apiKeyCreateBody = {
  title: 'NewApiKey',
  type: 'object',
  required: ['name', 'scopes'],
  properties,
  examples: [{ name: 'Packing station 4', scopes: ['print_jobs:write'], expires_at: '2027-12-31' }],
} as const satisfies RestSchema

export type ApiKeyCreateBody = FromSchema<typeof apiKeyCreateBody>

export const apiKeyUpdateBody = {
  title: 'ApiKeyChange',
  type: 'object',
  properties,
  examples: [{ scopes: ['print_jobs:read', 'print_stations:read'] }],
} as const satisfies RestSchema

export type ApiKeyUpdateBody = FromSchema<typeof apiKeyUpdateBody>

const answerProperties = {
  object: { const: 'api_key' },
  id: { type: 'string', description: '`key_…`' },
  name: { type: 'string' },
  scopes: { type: 'array', items: scope },
  limit_to_location: { ...nullableString, description: 'Null: every location' },
  expires_at: nullableTime,
  last4: { type: 'string', description: 'The last four characters of the key' },
  created_at: time,
  updated_at: time,
} as const satisfies Record<string, RestSchema>

const required = [
  'object',
  'id',
  'name',
  'scopes',
  'limit_to_location',
  'expires_at',
  'last4',
  'created_at',
  'updated_at',
] as const

const example = {
  object: 'api_key',
  id: 'key_0a1B2c3D4e5F6g7H8i9J0k',
  name: 'Packing station 4',
  scopes: ['print_jobs:write'],
  limit_to_location: null,
  expires_at: '2027-12-31T00:00:00.000Z',
  last4: 'x7Qd',
  created_at: '2026-11-25T08:30:00.000Z',
  updated_at: '2026-11-25T08:30:00.000Z',
} as const

export const apiKeyAnswer = {
  title: 'ApiKey',
  type: 'object',
  required,
  properties: answerProperties,
  examples: [example],
} as const satisfies RestSchema

export type ApiKeyAnswer = FromSchema<typeof apiKeyAnswer>

export const createdApiKeyAnswer = {
  title: 'CreatedApiKey',
  type: 'object',
  required: [...required, 'api_key'],
  properties: {
    ...answerProperties,
    api_key: { type: 'string', description: 'The key itself. No later answer holds it' },
  },
  examples: [{ ...example, api_key: 'dcMDNjfNs0G9IPPhOYxHR0tyoXaVm4ebkQzEx7Qd' }],
} as const satisfies RestSchema
