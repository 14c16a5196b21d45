import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

export const packingPreviewSchema = {
  type: 'object',
  required: ['orderUniqueId'],
  properties: { orderUniqueId: identifier },
  additionalProperties: false,
} as const satisfies JSONSchema

export type PackingPreviewArgs = FromSchema<typeof packingPreviewSchema>
