import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

export const printJobRetrieveSchema = {
  type: 'object',
  required: ['jobId'],
  properties: { jobId: identifier },
} as const satisfies JSONSchema

export type PrintJobRetrieveArgs = FromSchema<typeof printJobRetrieveSchema>
