import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

export const packingPictureSchema = {
  type: 'object',
  required: ['instructionId', 'packageId'],
  properties: {
    instructionId: identifier,
    packageId: identifier,
    options: {
      type: 'object',
      properties: { page: { type: ['integer', 'null'], minimum: 1, maximum: 1000 } },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
} as const satisfies JSONSchema

export type PackingPictureArgs = FromSchema<typeof packingPictureSchema>
