import type { ExtendedJSONSchema, FromExtendedSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'
import { createOptionsSchema, type Keywords, noteSchema } from './instruction-options.ts'

export const orderInstructionCreateArgs = {
  type: 'object',
  properties: { orderUniqueId: identifier, note: noteSchema, options: createOptionsSchema },
  required: ['orderUniqueId'],
} as const satisfies ExtendedJSONSchema<Keywords>

export type OrderInstructionCreateArgs = FromExtendedSchema<Keywords, typeof orderInstructionCreateArgs>
