import type { FieldKind, SearchValue } from './search.ts'

/** As many digits as JSON's largest number has; reading more takes time that grows with the square. */
const INTEGER = /^-?\d{1,309}$/
const BIGINT_MAX = 2n ** 63n - 1n
const DATE_TIME =
  /^(\d{4}-\d\d-\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,]\d{1,9})?)?(Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?$/i

/** Undefined for a value of the wrong type: contracts/rpc.md, section 10. */
export function readSearchValue(kind: FieldKind, value: unknown): SearchValue | undefined {
  switch (kind) {
    case 'text':
      return readText(value)
    case 'integer':
      return readInteger(value)
    case 'time':
      return readInstant(value)
  }
}

/** Ids are strings, but `100000309` is `"100000309"`; one that no id can be, such as 1.5, names nothing. */
function readText(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : typeof value === 'string' ? value : undefined
}

/**
 * In digits. What PostgreSQL's bigint can't hold is its largest or smallest: no field is as large, so both compare
 * alike.
 */
export function readInteger(value: unknown): string | undefined {
  const digits = typeof value === 'number' && Number.isInteger(value) ? BigInt(value).toString() : value
  if (typeof digits !== 'string' || !INTEGER.test(digits)) return undefined
  const integer = BigInt(digits)
  if (integer > BIGINT_MAX) return BIGINT_MAX.toString()
  return integer < -BIGINT_MAX ? (-BIGINT_MAX).toString() : integer.toString()
}

/**
 * A date, at its midnight, or date and time, in seconds since 1970; UTC where no offset is given. A fraction of a second
 * is cut off: no answer has one.
 */
export function readInstant(value: unknown): number | undefined {
  const match = typeof value === 'string' ? DATE_TIME.exec(value) : null
  if (!match) return undefined
  const [, date, hours = '00', minutes = '00', seconds = '00', offset = 'Z'] = match
  if (date === undefined || !isDate(date)) return undefined
  const utcMs = Date.parse(`${date}T${hours}:${minutes}:${seconds}Z`)
  return utcMs / 1000 - offsetSeconds(offset)
}

/** Not 30 February, which would be read as 2 March. */
function isDate(date: string): boolean {
  const ms = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date)
}

function offsetSeconds(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0
  const seconds = Number(offset.slice(1, 3)) * 3600 + Number(offset.slice(-2)) * 60
  return offset.startsWith('-') ? -seconds : seconds
}
