import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

const flag = { type: ['boolean', 'null'] } as const

export const orderCancelArgs = {
  type: 'object',
  properties: {
    orderUniqueId: identifier,
    /** Exactly one of them is true. */
    options: {
      type: 'object',
      properties: {
        backordered_items: flag,
        unfulfilled_items: flag,
        all_items: flag,
        cancellation_request: flag,
      },
    },
    /** A list of names, or one name; what names no field is ignored, so nothing is refused. */
    fields: {},
  },
  required: ['orderUniqueId', 'options'],
} as const satisfies JSONSchema

export type OrderCancelArgs = FromSchema<typeof orderCancelArgs>
