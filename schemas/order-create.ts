import type { ExtendedJSONSchema, FromSchema } from 'json-schema-to-ts'
import { createOptionsSchema } from './instruction-options.ts'
import { newId } from './new-id.ts'

const text = { type: ['string', 'null'], maxLength: 255, storable: true } as const
const longText = { type: ['string', 'null'], maxLength: 4_096, storable: true } as const

export const orderCreateArgs = {
  type: 'object',
  properties: {
    storeCode: text,
    /** Read by lib/orders/order-items.ts. */
    items: {
      type: ['object', 'array'],
      description: '{"sku": qty}, or [{"sku", "qty", "order_item_ref"?}]',
    },
    address: {
      type: 'object',
      properties: {
        firstname: text,
        lastname: text,
        company: text,
        street1: text,
        street2: text,
        street: text,
        city: text,
        region: text,
        postcode: text,
        country: text,
        telephone: text,
        email: text,
      },
    },
    info: {
      type: 'object',
      properties: {
        unique_id: newId,
        order_ref: text,
        shipping_method: text,
        priority: { type: ['integer', 'null'], minimum: 0, maximum: 100 },
        note: longText,
        custom_greeting: longText,
        /** Read by lib/orders/ship-date.ts. */
        requested_ship_date: {
          type: ['string', 'null'],
          maxLength: 64,
          description: 'a date, or date and time: 2022-02-08, 2022-02-08T14:59:38Z',
        },
        custom_fields: { description: 'any JSON, at most 64 KiB', storable: true },
        instructions: { type: ['array', 'null'], maxItems: 100, items: createOptionsSchema },
      },
    },
    flags: {
      type: 'object',
      properties: { unique_order_ref: { const: true } },
      additionalProperties: false,
    },
  },
  required: ['items'],
} as const satisfies ExtendedJSONSchema<{ storable: boolean }>

export type OrderCreateArgs = FromSchema<typeof orderCreateArgs>
