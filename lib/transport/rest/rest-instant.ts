const ISO_INSTANT =
  /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:Z|([+-])(\d{2})(?::?(\d{2}))?)?)?$/
const EPOCH_SECONDS = /^\d{1,12}$/
/** The last second of the year 9999: what ISO 8601 writes with four digits. */
const EPOCH_SECONDS_MAX = 253_402_300_799
const OFFSET_MINUTES_MAX = 14 * 60
const MINUTE_MS = 60_000

/**
 * A date as contracts/cloud-printing.md, section 1, takes it: ISO 8601 with or without seconds, fraction (cut to
 * milliseconds) and offset (UTC then), a date alone (its first UTC instant), or whole epoch seconds. Null for anything
 * else, such as 30 February.
 */
export function parseInstant(value: unknown): Date | null {
  if (typeof value === 'number') return fromEpochSeconds(value)
  if (typeof value !== 'string') return null
  return EPOCH_SECONDS.test(value) ? fromEpochSeconds(Number(value)) : fromIso(value)
}

/** As `parseInstant`, for values that their schema let pass. */
export function toInstant(value: string | number): Date {
  const instant = parseInstant(value)
  if (!instant) throw new Error('a validated date is none')
  return instant
}

function fromEpochSeconds(seconds: number): Date | null {
  const isFit = Number.isInteger(seconds) && seconds >= 0 && seconds <= EPOCH_SECONDS_MAX
  return isFit ? new Date(seconds * 1_000) : null
}

function fromIso(text: string): Date | null {
  const match = ISO_INSTANT.exec(text)
  if (!match) return null
  const [, day = '', time = '00:00', seconds = '00', fraction = ''] = match
  const written = `${day}T${time}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`
  const date = new Date(written)
  const offset = offsetMinutes(match[5], match[6], match[7])
  // Date takes 30 February for 2 March; the way back shows it.
  const isReal = !Number.isNaN(date.getTime()) && date.toISOString() === written
  return isReal && offset !== null ? new Date(date.getTime() - offset * MINUTE_MS) : null
}

function offsetMinutes(sign = '+', hours = '00', minutes = '00'): number | null {
  const offset = Number(hours) * 60 + Number(minutes)
  if (offset > OFFSET_MINUTES_MAX) return null
  return sign === '-' ? -offset : offset
}
