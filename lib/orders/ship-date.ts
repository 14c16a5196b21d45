import { InvalidError } from '../errors.ts'
import { readInstant } from './search-value.ts'

const DATE_LENGTH = '2022-02-08'.length
const ISO_LENGTH = '2022-02-08T14:59:38.000Z'.length

/**
 * A date as it was given, or date and time in the form of every other time: `2022-02-08T14:59:38+00:00`. An empty text
 * is none. Throws InvalidError for anything that a filter wouldn't take for a date either.
 */
export function readShipDate(given: string | null | undefined): string | null {
  if (given === undefined || given === null || given === '') return null
  const instant = readInstant(given)
  const iso = instant === undefined ? '' : new Date(instant * 1000).toISOString()
  // Beyond the years of four digits ISO 8601 has another form.
  if (iso.length !== ISO_LENGTH) {
    const message =
      'requested_ship_date must be a date, or date and time, as 2022-02-08 or 2022-02-08T14:59:38Z'
    throw new InvalidError('requested_ship_date', 'invalid', message)
  }
  return given.length === DATE_LENGTH ? given : `${iso.slice(0, 19)}+00:00`
}
