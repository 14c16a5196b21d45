import type { FromSchema } from 'json-schema-to-ts'
import { queryInstant, type RestSchema } from './rest-values.ts'

/** Parameters of every list: contracts/cloud-printing.md, section 1, "Lists". */
export const listProperties = {
  // A greater one can't be told back: JSON's numbers are doubles to most readers (RFC 8259, section 6).
  page: { type: 'integer', minimum: 1, maximum: 9_007_199_254_740_991, default: 1 },
  limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
  order_by: { enum: ['created_at', 'updated_at'], default: 'created_at' },
  direction: { enum: ['asc', 'desc'], default: 'desc' },
  'created_at[gte]': queryInstant,
  'created_at[lte]': queryInstant,
  'updated_at[gte]': queryInstant,
  'updated_at[lte]': queryInstant,
} as const satisfies Record<string, RestSchema>

export const listParameters = {
  type: 'object',
  properties: listProperties,
} as const satisfies RestSchema

export type ListParameters = FromSchema<typeof listParameters, { keepDefaultedPropertiesOptional: true }>
