import type { FromSchema } from 'json-schema-to-ts'
import { label, nullableString, type RestSchema, time } from './rest-values.ts'

const properties = {
  name: label,
  code: { ...label, description: 'Unique' },
  locale: { type: 'string', format: 'locale', description: 'BCP 47, `es-CO`' },
  currency: { type: 'string', format: 'currency', description: 'ISO 4217, `COP`' },
  time_zone: { type: 'string', format: 'time-zone', description: 'IANA, `America/Bogota`' },
  language: { enum: ['es', 'en'] },
} as const satisfies Record<string, RestSchema>

export const locationCreateBody = {
  title: 'NewLocation',
  type: 'object',
  required: ['name'],
  properties,
  examples: [{ name: 'Bogotá', code: 'BOG', locale: 'es-CO', currency: 'COP', time_zone: 'America/Bogota' }],
} as const satisfies RestSchema

export type LocationCreateBody = FromSchema<typeof locationCreateBody>

export const locationUpdateBody = {
  title: 'LocationChange',
  type: 'object',
  properties,
  examples: [{ language: 'en' }],
} as const satisfies RestSchema

export type LocationUpdateBody = FromSchema<typeof locationUpdateBody>

export const locationAnswer = {
  title: 'Location',
  type: 'object',
  required: [
    'object',
    'id',
    'warehouse_id',
    'name',
    'code',
    'locale',
    'currency',
    'time_zone',
    'language',
    'created_at',
    'updated_at',
  ],
  properties: {
    object: { const: 'location' },
    id: { type: 'string', description: '`loc_…`' },
    warehouse_id: { type: 'integer', description: 'Its number in the RPC interface' },
    name: { type: 'string' },
    code: nullableString,
    locale: nullableString,
    currency: nullableString,
    time_zone: nullableString,
    language: { enum: ['es', 'en', null] },
    created_at: time,
    updated_at: time,
  },
  examples: [
    {
      object: 'location',
      id: 'loc_0a1B2c3D4e5F6g7H8i9J0k',
      warehouse_id: 1,
      name: 'Bogotá',
      code: 'BOG',
      locale: 'es-CO',
      currency: 'COP',
      time_zone: 'America/Bogota',
      language: null,
      created_at: '2026-11-25T08:30:00.000Z',
      updated_at: '2026-11-25T08:30:00.000Z',
    },
  ],
} as const satisfies RestSchema

export type LocationAnswer = FromSchema<typeof locationAnswer>
