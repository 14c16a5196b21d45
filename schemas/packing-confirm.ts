import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

export const packingConfirmSchema = {
  type: 'object',
  required: ['instructionId', 'packageId'],
  properties: {
    instructionId: identifier,
    packageId: identifier,
    options: {
      type: 'object',
      properties: {
        station_id: { type: ['string', 'integer', 'null'] },
        revision: { type: ['integer', 'null'], minimum: 1 },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
} as const satisfies JSONSchema

export type PackingConfirmArgs = FromSchema<typeof packingConfirmSchema>
