import type { FromSchema, JSONSchema } from 'json-schema-to-ts'

/** Of every search. Their members are read by lib/orders/search-options.ts, against the fields of what is searched. */
export const searchArgs = {
  type: 'object',
  properties: {
    filters: { type: 'object' },
    options: { type: 'object' },
    /** A list of names, or one name; what names no field is ignored, so nothing is refused. */
    fields: {},
  },
} as const satisfies JSONSchema

export type SearchArgs = FromSchema<typeof searchArgs>
