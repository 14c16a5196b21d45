import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

export const packingOpenSchema = {
  type: 'object',
  required: ['code'],
  properties: {
    code: identifier,
    options: {
      type: 'object',
      properties: { station_id: { type: ['string', 'integer', 'null'] } },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
} as const satisfies JSONSchema

export type PackingOpenArgs = FromSchema<typeof packingOpenSchema>
