import type { ExtendedJSONSchema, FromExtendedSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'
import { editOptionsSchema, type Keywords, noteSchema } from './instruction-options.ts'

export const orderInstructionEditArgs = {
  type: 'object',
  properties: { instructionId: identifier, note: noteSchema, options: editOptionsSchema },
  required: ['instructionId'],
} as const satisfies ExtendedJSONSchema<Keywords>

export type OrderInstructionEditArgs = FromExtendedSchema<Keywords, typeof orderInstructionEditArgs>
