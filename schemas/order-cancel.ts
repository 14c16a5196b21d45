import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

const flag = { type: ['boolean', 'null'] } as const

export const orderCancelArgs = {
  type: 'object',
  properties: {
    orderUniqueId: identifier,
    options: {
      type: 'object',
      description: 'exactly one of them is true',
      properties: {
        backordered_items: flag,
        unfulfilled_items: flag,
        all_items: flag,
        cancellation_request: flag,
      },
    },
    /** What names no field is ignored, so nothing is refused. */
    fields: { description: 'names of fields in an array, or one name; "*" is all but the heavy ones' },
  },
  required: ['orderUniqueId', 'options'],
} as const satisfies JSONSchema

export type OrderCancelArgs = FromSchema<typeof orderCancelArgs>
