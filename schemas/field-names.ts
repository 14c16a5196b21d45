import type { JSONSchema } from 'json-schema-to-ts'

/** The `fields` of an answer. What is in the array and names no field is ignored. */
export const fieldNames = {
  type: ['array', 'string'],
  description: 'names of fields in an array, or one name; "*" is all but the heavy ones',
} as const satisfies JSONSchema
