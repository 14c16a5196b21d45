import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { fieldNames } from './field-names.ts'
import { identifier } from './identifier.ts'

export const orderInfoArgs = {
  type: 'object',
  properties: {
    orderUniqueId: identifier,
    fields: fieldNames,
  },
  required: ['orderUniqueId'],
} as const satisfies JSONSchema

export type OrderInfoArgs = FromSchema<typeof orderInfoArgs>
