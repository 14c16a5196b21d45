import type { ExtendedJSONSchema, FromSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'
import { newId, trackingNumber } from './new-id.ts'

const PACKAGES_MAX = 200

export const shipmentCreateArgs = {
  type: 'object',
  properties: {
    orderUniqueId: identifier,
    options: {
      type: 'object',
      properties: {
        shipment_id: newId,
        warehouse_id: {
          type: ['integer', 'string', 'null'],
          minimum: 1,
          maximum: Number.MAX_SAFE_INTEGER,
          pattern: '^[0-9]{1,15}$',
          description: 'a whole number of at most 15 digits, above 0',
        },
        packages: {
          type: ['integer', 'array', 'null'],
          minimum: 1,
          maximum: PACKAGES_MAX,
          minItems: 1,
          maxItems: PACKAGES_MAX,
          items: {
            type: 'object',
            properties: { package_id: newId, tracking_number: trackingNumber },
            additionalProperties: false,
          },
        },
      },
      additionalProperties: false,
    },
  },
  required: ['orderUniqueId'],
} as const satisfies ExtendedJSONSchema<{ storable: boolean }>

export type ShipmentCreateArgs = FromSchema<typeof shipmentCreateArgs>
