import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

export const packingDeferSchema = {
  type: 'object',
  required: ['instructionId', 'packageId'],
  properties: { instructionId: identifier, packageId: identifier },
  additionalProperties: false,
} as const satisfies JSONSchema

export type PackingDeferArgs = FromSchema<typeof packingDeferSchema>
