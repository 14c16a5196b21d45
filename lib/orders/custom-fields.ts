import { InvalidError } from '../errors.ts'

/** 64 KiB as JSON: every answer and event of the order carries them. */
const CUSTOM_FIELDS_BYTES_MAX = 65_536

/** Any JSON of bounded size, as it was given. Throws InvalidError. */
export function readCustomFields(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (Buffer.byteLength(JSON.stringify(value)) <= CUSTOM_FIELDS_BYTES_MAX) return value
  throw new InvalidError(
    'custom_fields',
    'invalid',
    `custom_fields must be at most ${CUSTOM_FIELDS_BYTES_MAX} bytes of JSON`,
  )
}
