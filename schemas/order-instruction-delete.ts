import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

export const orderInstructionDeleteArgs = {
  type: 'object',
  properties: { instructionId: identifier },
  required: ['instructionId'],
} as const satisfies JSONSchema

export type OrderInstructionDeleteArgs = FromSchema<typeof orderInstructionDeleteArgs>
