import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { fieldNames } from './field-names.ts'
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
    fields: fieldNames,
  },
  required: ['orderUniqueId', 'options'],
} as const satisfies JSONSchema

export type OrderCancelArgs = FromSchema<typeof orderCancelArgs>
