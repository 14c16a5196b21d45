import { InvalidError } from '../errors.ts'

/** 64 KiB as JSON: every answer and event of the order carries them. */
const CUSTOM_FIELDS_BYTES_MAX = 65_536

/** Any JSON of bounded size, as it was given. Throws InvalidError. */
export function readCustomFields(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (Buffer.byteLength(JSON.stringify(value, refuseInfinite)) <= CUSTOM_FIELDS_BYTES_MAX) return value
  throw invalid(`at most ${CUSTOM_FIELDS_BYTES_MAX} bytes of JSON`)
}

/** 1e400 is JSON, and would come back as null. */
function refuseInfinite(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw invalid('JSON with numbers up to 1.7e308')
  return value
}

function invalid(rule: string): InvalidError {
  return new InvalidError('custom_fields', 'invalid', `custom_fields must be ${rule}`)
}
