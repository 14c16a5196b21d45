import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

export const shipmentInfoArgs = {
  type: 'object',
  properties: { shipmentId: identifier },
  required: ['shipmentId'],
} as const satisfies JSONSchema

export type ShipmentInfoArgs = FromSchema<typeof shipmentInfoArgs>
