import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

export const orderInfoArgs = {
  type: 'object',
  properties: {
    orderUniqueId: identifier,
    /** What names no field is ignored, so nothing is refused. */
    fields: { description: 'names of fields in an array, or one name; "*" is all but the heavy ones' },
  },
  required: ['orderUniqueId'],
} as const satisfies JSONSchema

export type OrderInfoArgs = FromSchema<typeof orderInfoArgs>
