import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

export const packingFinishSchema = {
  type: 'object',
  required: ['packageId'],
  properties: { packageId: identifier },
  additionalProperties: false,
} as const satisfies JSONSchema

export type PackingFinishArgs = FromSchema<typeof packingFinishSchema>
