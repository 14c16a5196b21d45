import type { FromSchema, JSONSchema } from 'json-schema-to-ts'

/** Of every search. Their members are read by lib/orders/search-options.ts, against the fields of what is searched. */
export const searchArgs = {
  type: 'object',
  properties: {
    filters: {
      type: 'object',
      description: 'a value for a field, or operators: {"created_at": {"from": "2026-11-01"}}',
    },
    options: { type: 'object', description: 'page, limit (at most 100), sort_field, sort_dir' },
    /** What names no field is ignored, so nothing is refused. */
    fields: { description: 'names of fields in an array, or one name; "*" is all but the heavy ones' },
  },
} as const satisfies JSONSchema

export type SearchArgs = FromSchema<typeof searchArgs>
