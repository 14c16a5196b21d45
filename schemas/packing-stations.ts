import type { JSONSchema } from 'json-schema-to-ts'

export const packingStationsSchema = {
  type: 'object',
  properties: {},
  additionalProperties: false,
} as const satisfies JSONSchema
