import type { FromSchema } from 'json-schema-to-ts'
import { nullableString, type RestSchema } from './rest-values.ts'

export const sessionCreateBody = {
  title: 'NewSession',
  type: 'object',
  required: ['username', 'api_key'],
  properties: {
    username: { type: 'string', maxLength: 191 },
    api_key: { type: 'string', maxLength: 191 },
  },
  examples: [{ username: 'maria', api_key: 'M4ebkQzEx7QddcMDNjfNs0G9IPPhOYxHR0tyLk3f' }],
} as const satisfies RestSchema

export type SessionCreateBody = FromSchema<typeof sessionCreateBody>

export const sessionAnswer = {
  title: 'Session',
  type: 'object',
  required: ['object', 'user'],
  properties: {
    object: { const: 'session' },
    user: {
      type: 'object',
      required: ['id', 'username', 'role', 'location_id'],
      properties: {
        id: { type: 'string', description: '`usr_…`' },
        username: { type: 'string' },
        role: { enum: ['packer', 'supervisor'] },
        location_id: { ...nullableString, description: 'Where the user works; null: everywhere' },
      },
    },
  },
  examples: [
    {
      object: 'session',
      user: {
        id: 'usr_0a1B2c3D4e5F6g7H8i9J0k',
        username: 'maria',
        role: 'packer',
        location_id: 'loc_0a1B2c3D4e5F6g7H8i9J0k',
      },
    },
  ],
} as const satisfies RestSchema
