import { type PrintJobListQuery, printJobListQuery } from '../../schemas/print-job-list.ts'
import type { ListQuery } from '../db/list-page.ts'
import { InvalidError } from '../errors.ts'
import type { JobLookupService } from '../print-jobs/job-lookup-service.ts'
import { toListQuery } from './rest/rest-query.ts'
import { createValidator } from './rest/rest-validation.ts'

export type JobFilter = Parameters<JobLookupService['listJobs']>[1]

/** What of a valid query narrows the list, and which part of it is wanted. */
export function toJobFilter(query: PrintJobListQuery): { filter: JobFilter; list: ListQuery } {
  return {
    filter: {
      locationId: query.location_id ?? null,
      stationId: query.print_station_id ?? null,
      printerId: query.printer_id ?? null,
      status: query.status ?? null,
      resourceType: query.resource_type ?? null,
      resourceId: query.resource_id ?? null,
    },
    list: toListQuery(query),
  }
}

const mistakesOf = createValidator(printJobListQuery, 'query')
const DIGITS = /^\d{1,15}$/
const TIMES = ['created_at', 'updated_at'] as const

/**
 * A query that came as JSON: integers may be spelled as strings and dates given as epoch seconds; bounds are
 * `created_at[gte]` as in a URL, or `{"created_at": {"gte"}}` as a URL's brackets mean it. Throws InvalidError.
 */
export function readJobQuery(given: Readonly<Record<string, unknown>>): PrintJobListQuery {
  const { properties } = printJobListQuery
  const values: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(withFlatBounds(given))) {
    if (value !== null && Object.hasOwn(properties, name)) values[name] = spelled(name, value)
  }
  const errors = mistakesOf(values)
  const [first] = errors
  if (first !== undefined) {
    throw new InvalidError(first.split(' ', 1)[0] ?? null, 'invalid', errors.join('; '), { errors })
  }
  return values as PrintJobListQuery
}

function withFlatBounds(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const flat: Record<string, unknown> = { ...given }
  for (const time of TIMES) {
    const bounds = given[time]
    if (typeof bounds !== 'object' || bounds === null) continue
    for (const [bound, value] of Object.entries(bounds)) flat[`${time}[${bound}]`] ??= value
  }
  return flat
}

function spelled(name: string, value: unknown): unknown {
  if (name === 'page' || name === 'limit') {
    return typeof value === 'string' && DIGITS.test(value) ? Number(value) : value
  }
  return TIMES.some((time) => name.startsWith(time)) && typeof value === 'number' ? String(value) : value
}
