import { InvalidError } from '../errors.ts'
import type { Search, SearchFields } from './search.ts'
import { readFilters } from './search-filters.ts'
import { readInteger } from './search-value.ts'

export const LIMIT_DEFAULT = 50
export const LIMIT_MAX = 100
export const DEFAULT_SORT_FIELD = 'order_id'
export const SORT_DIRECTIONS = ['asc', 'desc'] as const
/** Of any number of things; its offset is still an exact number. */
const PAGE_MAX = 10 ** 12

export interface GivenSearch {
  readonly filters?: Readonly<Record<string, unknown>> | undefined
  readonly options?: Readonly<Record<string, unknown>> | undefined
}

/** What `filters` and `options` ask for: contracts/rpc.md, section 10. Throws InvalidError. Other options are ignored. */
export function readSearch(fields: SearchFields, { filters = {}, options = {} }: GivenSearch): Search {
  const conditions = readFilters(fields, filters)
  const limit = Math.min(readCount(options, 'limit') ?? LIMIT_DEFAULT, LIMIT_MAX)
  const page = Math.min(readCount(options, 'page') ?? 1, PAGE_MAX)
  return {
    conditions,
    sortField: readSortField(fields, options['sort_field']),
    isDescending: readIsDescending(options['sort_dir']),
    limit,
    offset: (page - 1) * limit,
  }
}

function readCount(options: Readonly<Record<string, unknown>>, name: 'limit' | 'page'): number | undefined {
  const given = options[name]
  if (given === undefined || given === null) return undefined
  const count = Number(readInteger(given) ?? 0)
  if (count < 1) throw new InvalidError(name, 'invalid', `${name} must be an integer above 0`)
  return count
}

/** The default may be named where the results have no such field, too. */
function readSortField(fields: SearchFields, given: unknown): string {
  if (given === undefined || given === null || given === DEFAULT_SORT_FIELD) return DEFAULT_SORT_FIELD
  if (typeof given === 'string' && Object.hasOwn(fields, given)) return given
  throw new InvalidError('sort_field', 'invalid', 'sort_field must be a field to search by')
}

function readIsDescending(given: unknown): boolean {
  if (given === undefined || given === null) return false
  const direction = typeof given === 'string' ? given.toLowerCase() : given
  if (direction === 'asc' || direction === 'desc') return direction === 'desc'
  throw new InvalidError('sort_dir', 'invalid', 'sort_dir must be asc or desc')
}
