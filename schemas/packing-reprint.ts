import type { ExtendedJSONSchema, FromSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

export const packingReprintSchema = {
  type: 'object',
  required: ['instructionId', 'packageId', 'reason'],
  properties: {
    instructionId: identifier,
    packageId: identifier,
    reason: { type: 'string', storable: true },
    options: {
      type: 'object',
      properties: {
        printer_id: { type: ['string', 'integer', 'null'] },
        print_job_id: { type: ['string', 'null'] },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
} as const satisfies ExtendedJSONSchema<{ storable: boolean }>

export type PackingReprintArgs = FromSchema<typeof packingReprintSchema>
