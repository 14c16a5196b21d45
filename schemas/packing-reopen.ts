import type { ExtendedJSONSchema, FromSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

export const packingReopenSchema = {
  type: 'object',
  required: ['packageId', 'reason'],
  properties: { packageId: identifier, reason: { type: 'string', storable: true } },
  additionalProperties: false,
} as const satisfies ExtendedJSONSchema<{ storable: boolean }>

export type PackingReopenArgs = FromSchema<typeof packingReopenSchema>
