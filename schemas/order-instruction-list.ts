import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

export const orderInstructionListArgs = {
  type: 'object',
  properties: {
    orderUniqueId: identifier,
    /** Names that there are not are ignored. */
    fields: {
      anyOf: [
        { type: 'array' },
        { type: 'string' },
        {
          type: 'object',
          properties: { fields: { type: 'array' } },
          required: ['fields'],
          additionalProperties: false,
        },
      ],
    },
  },
  required: ['orderUniqueId'],
} as const satisfies JSONSchema

export type OrderInstructionListArgs = FromSchema<typeof orderInstructionListArgs>
