/** Dates of a document as people read them: contracts/thermal.md, section 5.1. */
import { dateTimeFormat } from './intl-formats.ts'
import type { Conventions } from './thermal-settings.ts'

const ISO_DATE = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/

interface WrittenDate {
  /** The clock as written, as if it were that of UTC. */
  readonly clock: Date
  readonly hasTime: boolean
  /** Minutes east of UTC; undefined where none is written. */
  readonly offsetMinutes: number | undefined
}

const DAY = { day: '2-digit', month: '2-digit', year: 'numeric' } as const
const TIME = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
const MINUTE_MS = 60_000
const OFFSET_MAX_MINUTES = 18 * 60

/** Undefined for what is no date, an impossible one such as 30 February included. */
export function dateText(text: string, conventions: Conventions): string | undefined {
  const written = parseDate(text)
  if (!written) return undefined
  const clock = shownClock(written, conventions.timeZone)
  if (conventions.locale === undefined) return plainDate(clock, written.hasTime)
  const options = written.hasTime ? { ...DAY, ...TIME } : DAY
  return dateTimeFormat(conventions.locale, { ...options, timeZone: 'UTC' }).format(clock)
}

function parseDate(text: string): WrittenDate | undefined {
  const parts = ISO_DATE.exec(text)
  if (!parts) return undefined
  const [, day, time, seconds = '00', offset] = parts
  const written = `${day}T${time ?? '00:00'}:${seconds}`
  const clock = new Date(`${written}Z`)
  // The platform makes 1 March of 30 February, and tomorrow of 24:00.
  const isPossible = !Number.isNaN(clock.getTime()) && clock.toISOString().startsWith(written)
  const offsetMinutes = parseOffset(offset)
  if (!isPossible || Math.abs(offsetMinutes ?? 0) > OFFSET_MAX_MINUTES) return undefined
  return { clock, hasTime: time !== undefined, offsetMinutes }
}

function parseOffset(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (text === 'Z') return 0
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2))
  return text.startsWith('-') ? -minutes : minutes
}

/** Converted to the zone only where the moment is known: contracts/thermal.md, "The clock time as written, unless". */
function shownClock({ clock, offsetMinutes }: WrittenDate, timeZone: string | undefined): Date {
  if (timeZone === undefined || offsetMinutes === undefined) return clock
  const moment = new Date(clock.getTime() - offsetMinutes * MINUTE_MS)
  const parts = dateTimeFormat('en-US', {
    ...DAY,
    ...TIME,
    hourCycle: 'h23',
    calendar: 'gregory',
    timeZone,
  }).formatToParts(moment)
  const part = (type: string): number => Number(parts.find((found) => found.type === type)?.value ?? 0)
  const there = new Date(0)
  there.setUTCFullYear(part('year'), part('month') - 1, part('day'))
  there.setUTCHours(part('hour'), part('minute'), part('second'))
  return there
}

function plainDate(clock: Date, hasTime: boolean): string {
  const day = `${two(clock.getUTCDate())}/${two(clock.getUTCMonth() + 1)}/${String(clock.getUTCFullYear()).padStart(4, '0')}`
  if (!hasTime) return day
  const hour = clock.getUTCHours()
  const time = [hour % 12 || 12, clock.getUTCMinutes(), clock.getUTCSeconds()].map(two).join(':')
  return `${day} ${time} ${hour < 12 ? 'AM' : 'PM'}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
