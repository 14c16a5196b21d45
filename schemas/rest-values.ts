import type { ExtendedJSONSchema } from 'json-schema-to-ts'

/** Keywords of our own: lib/transport/rest/rest-validation.ts. */
export type RestSchema = ExtendedJSONSchema<{
  trimmedLength: readonly [number, number]
  instant: boolean
  storable: boolean
}>

/** A name that people read: 1 to 191 characters. */
export const label = { type: 'string', storable: true, trimmedLength: [1, 191] } as const satisfies RestSchema

/** Names something that exists, or nothing: a malformed id is an unknown one. */
export const id = { type: 'string' } as const satisfies RestSchema

/** A date as it is sent: ISO 8601, a day, or whole epoch seconds. */
export const instant = { type: ['string', 'integer'], instant: true } as const satisfies RestSchema

/** A date in a query, where everything is a string. */
export const queryInstant = { type: 'string', instant: true } as const satisfies RestSchema

/** A date as it is answered: `2024-01-15T10:30:00.000Z`. */
export const time = { type: 'string', format: 'date-time' } as const satisfies RestSchema

export const nullableTime = { type: ['string', 'null'], format: 'date-time' } as const satisfies RestSchema

export const nullableString = { type: ['string', 'null'] } as const satisfies RestSchema
