import type { ExtendedJSONSchema } from 'json-schema-to-ts'

/**
 * An id that the caller chooses: 1 to 64 characters, or an integer that came as it was sent. No control characters: it
 * is printed as a barcode and scanned, and a scanner ends its input with one.
 */
export const newId = {
  type: ['string', 'integer', 'null'],
  description: '1 to 64 characters without control characters, or an integer',
  pattern: '^[^\\p{Cc}]{1,64}$',
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
  storable: true,
} as const satisfies ExtendedJSONSchema<{ storable: boolean }>

/** A carrier's number: as an id, but longer. */
export const trackingNumber = {
  ...newId,
  description: '1 to 191 characters without control characters, or an integer',
  pattern: '^[^\\p{Cc}]{1,191}$',
} as const satisfies ExtendedJSONSchema<{ storable: boolean }>
