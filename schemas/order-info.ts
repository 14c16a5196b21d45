import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

export const orderInfoArgs = {
  type: 'object',
  properties: {
    orderUniqueId: identifier,
    /** A list of names, or one name; what names no field is ignored, so nothing is refused. */
    fields: {},
  },
  required: ['orderUniqueId'],
} as const satisfies JSONSchema

export type OrderInfoArgs = FromSchema<typeof orderInfoArgs>
