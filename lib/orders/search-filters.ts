import { isStorableText } from '../db/storable-text.ts'
import { InvalidError } from '../errors.ts'
import type {
  FieldKind,
  SearchBound,
  SearchCondition,
  SearchFields,
  SearchTest,
  SearchValue,
} from './search.ts'
import { isOperatorOf, LIST_LENGTH_MAX, type SearchOperator } from './search-operators.ts'
import { readInstant, readSearchValue } from './search-value.ts'
import { textAfterPrefix } from './text-prefix.ts'

const CONDITIONS_MAX = 50
const DAY_SECONDS = 86_400
const NEVER: SearchTest = { is: 'one_of', values: [] }

interface Operand {
  readonly kind: FieldKind
  readonly value: unknown
  /** Of `from` and `to`, unless they are said to be dates and times. */
  readonly isWholeDay: boolean
  /** To blame. */
  readonly path: string
}

const READERS: Readonly<Record<SearchOperator, (operand: Operand) => SearchTest>> = {
  eq: (operand) => oneOf(operand, [operand.value]),
  neq: (operand) => not(oneOf(operand, [operand.value])),
  in: (operand) => oneOf(operand, readList(operand)),
  nin: (operand) => not(oneOf(operand, readList(operand))),
  gt: (operand) => compared(operand, '>'),
  lt: (operand) => compared(operand, '<'),
  gteq: (operand) => compared(operand, '>='),
  lteq: (operand) => compared(operand, '<='),
  starts: startsWith,
  null: (operand) => ifSet(operand, { is: 'null' }),
  notnull: (operand) => ifSet(operand, not({ is: 'null' })),
  from: (operand) => ranging(operand, 'from'),
  to: (operand) => ranging(operand, 'to'),
}

/**
 * What `filters` asks of each field: contracts/rpc.md, section 10. Throws InvalidError that names the field, or the
 * operator as `priority.gt`.
 */
export function readFilters(
  fields: SearchFields,
  filters: Readonly<Record<string, unknown>>,
): readonly SearchCondition[] {
  const conditions = Object.entries(filters).flatMap(([field, filter]) => readFilter(fields, field, filter))
  if (conditions.length <= CONDITIONS_MAX) return conditions
  throw new InvalidError('filters', 'invalid', `filters must be at most ${CONDITIONS_MAX} conditions`)
}

function readFilter(fields: SearchFields, field: string, filter: unknown): readonly SearchCondition[] {
  const kind = Object.hasOwn(fields, field) ? fields[field] : undefined
  if (kind === undefined) throw unknown(field)
  const isWholeDay = !readDatetime(kind, filter, field)
  return operationsOf(field, filter).map(({ operator, value, path }) => {
    if (!isOperatorOf(kind, operator)) throw unknown(path)
    return { field, kind, test: READERS[operator]({ kind, value, isWholeDay, path }) }
  })
}

/** The operators of one filter, all of which must hold; `datetime` says how two of them are read. */
function operationsOf(field: string, filter: unknown) {
  if (typeof filter !== 'object' || filter === null) return [{ operator: 'eq', value: filter, path: field }]
  if (Array.isArray(filter) && filter.length > 0) throw invalid(field, 'a scalar or an object of operators')
  return Object.entries(filter)
    .filter(([operator]) => operator !== 'datetime')
    .map(([operator, value]) => ({ operator, value: value as unknown, path: `${field}.${operator}` }))
}

function readDatetime(kind: FieldKind, filter: unknown, field: string): boolean {
  if (typeof filter !== 'object' || filter === null || !('datetime' in filter)) return false
  const path = `${field}.datetime`
  if (kind !== 'time') throw unknown(path)
  if (isSet(filter.datetime)) return true
  if (filter.datetime === false || filter.datetime === null || Number(filter.datetime) === 0) return false
  throw invalid(path, 'true or false')
}

function readList({ value, path }: Operand): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(path, 'an array')
  if (value.length > LIST_LENGTH_MAX) throw invalid(path, `at most ${LIST_LENGTH_MAX} values`)
  return value
}

function readValue({ kind, path }: Operand, value: unknown): SearchValue {
  const read = readSearchValue(kind, value)
  if (read === undefined) throw invalid(path, KIND_RULES[kind])
  return read
}

const KIND_RULES: Readonly<Record<FieldKind, string>> = {
  text: 'a string or a number',
  integer: 'an integer',
  time: 'a date, or date and time',
}

function oneOf(operand: Operand, given: readonly unknown[]): SearchTest {
  return { is: 'one_of', values: given.map((value) => readValue(operand, value)).filter(canBeHeld) }
}

/** Times are told in whole seconds, so they are compared as such. */
function compared(operand: Operand, comparator: SearchBound['comparator']): SearchTest {
  const value = readValue(operand, operand.value)
  if (!canBeHeld(value)) return NEVER
  if (operand.kind !== 'time') return within({ comparator, value })
  const second = Number(value)
  if (comparator === '>') return within(atOrAfter(second + 1))
  return comparator === '<=' ? within(before(second + 1)) : within({ comparator, value })
}

function startsWith(operand: Operand): SearchTest {
  const prefix = String(readValue(operand, operand.value))
  if (!canBeHeld(prefix)) return NEVER
  const end = textAfterPrefix(prefix)
  return end === null ? within(atOrAfter(prefix)) : within(atOrAfter(prefix), before(end))
}

function ranging(operand: Operand, side: 'from' | 'to'): SearchTest {
  const { value, isWholeDay, path } = operand
  const instant = readInstant(value)
  if (instant === undefined) throw invalid(path, KIND_RULES.time)
  if (!isWholeDay) return compared(operand, side === 'from' ? '>=' : '<=')
  const day = Math.floor(instant / DAY_SECONDS) * DAY_SECONDS
  return within(side === 'from' ? atOrAfter(day) : before(day + DAY_SECONDS))
}

function ifSet({ value, path }: Operand, test: SearchTest): SearchTest {
  if (!isSet(value)) throw invalid(path, '1 or true')
  return test
}

function isSet(value: unknown): boolean {
  return value === true || value === 1 || value === '1'
}

/** Text that PostgreSQL can't hold names nothing (contracts/rpc.md, section 6). */
function canBeHeld(value: SearchValue): boolean {
  return typeof value === 'number' || isStorableText(value)
}

function within(...bounds: readonly SearchBound[]): SearchTest {
  return { is: 'within', bounds }
}

function atOrAfter(value: SearchValue): SearchBound {
  return { comparator: '>=', value }
}

function before(value: SearchValue): SearchBound {
  return { comparator: '<', value }
}

function not(test: SearchTest): SearchTest {
  return { is: 'not', test }
}

function unknown(field: string): InvalidError {
  return new InvalidError(field, 'unknown_option', `there is no ${field} to search by`)
}

function invalid(field: string, rule: string): InvalidError {
  return new InvalidError(field, 'invalid', `${field} must be ${rule}`)
}
