import type { SearchFields } from '../../lib/orders/search.ts'

/** A thing as answers show it, but for the milliseconds of its times, and where it stands in the order of creation. */
export interface ModelThing {
  readonly id: string
  readonly merchantId: string
  readonly fields: Readonly<Record<string, string | number | null>>
  /** By sort field, or in general: what decides among equals. */
  readonly ties: (sortField: string) => readonly number[]
}

export interface ModelSearch {
  readonly filters: Readonly<Record<string, unknown>>
  readonly options: {
    readonly page: number
    readonly limit: number
    readonly sort_field: string
    readonly sort_dir: 'asc' | 'desc'
  }
}

/** contracts/rpc.md, section 10, word by word, over things in memory. */
export function searchModel(
  things: readonly ModelThing[],
  fields: SearchFields,
  { filters, options }: ModelSearch,
): { readonly ids: readonly string[]; readonly totalCount: number } {
  const found = things.filter((thing) =>
    Object.entries(filters).every(([field, filter]) =>
      isMatch(fields[field] as string, thing.fields[field] ?? null, filter),
    ),
  )
  const sign = options.sort_dir === 'asc' ? 1 : -1
  const sorted = found.toSorted((a, b) => sign * compareThings(a, b, options.sort_field))
  const start = (options.page - 1) * options.limit
  return {
    ids: sorted.slice(start, start + options.limit).map(({ id }) => id),
    totalCount: found.length,
  }
}

type Value = string | number | null

function isMatch(kind: string, value: Value, filter: unknown): boolean {
  if (typeof filter !== 'object' || filter === null) return isEqual(kind, value, filter)
  const { datetime, ...operators } = filter as Record<string, unknown>
  return Object.entries(operators).every(([operator, operand]) =>
    OPERATORS[operator]?.({ kind, value, operand, isDatetime: datetime === true }),
  )
}

interface Operation {
  readonly kind: string
  readonly value: Value
  readonly operand: unknown
  readonly isDatetime: boolean
}

const OPERATORS: Readonly<Record<string, (operation: Operation) => boolean>> = {
  eq: ({ kind, value, operand }) => isEqual(kind, value, operand),
  neq: ({ kind, value, operand }) => !isEqual(kind, value, operand),
  in: ({ kind, value, operand }) => (operand as unknown[]).some((one) => isEqual(kind, value, one)),
  nin: ({ kind, value, operand }) => !(operand as unknown[]).some((one) => isEqual(kind, value, one)),
  gt: (operation) => compareOperand(operation, (difference) => difference > 0),
  lt: (operation) => compareOperand(operation, (difference) => difference < 0),
  gteq: (operation) => compareOperand(operation, (difference) => difference >= 0),
  lteq: (operation) => compareOperand(operation, (difference) => difference <= 0),
  starts: ({ value, operand }) => typeof value === 'string' && value.startsWith(String(operand)),
  null: ({ value }) => value === null,
  notnull: ({ value }) => value !== null,
  from: (operation) => {
    const { kind, value, operand, isDatetime } = operation
    if (isDatetime) return compareOperand(operation, (difference) => difference >= 0)
    return value !== null && compareValues(kind === 'time' ? dayOf(value) : value, dayOf(operand)) >= 0
  },
  to: (operation) => {
    const { value, operand, isDatetime } = operation
    if (isDatetime) return compareOperand(operation, (difference) => difference <= 0)
    const day = dayOf(operand)
    return value !== null && (compareValues(value, day) <= 0 || String(value).startsWith(day))
  },
}

function isEqual(kind: string, value: Value, operand: unknown): boolean {
  return value !== null && compareValues(comparable(kind, value), comparable(kind, operand)) === 0
}

function compareOperand(
  { kind, value, operand }: Operation,
  isWanted: (difference: number) => boolean,
): boolean {
  if (value === null || isUnstorable(operand)) return false
  return isWanted(compareValues(comparable(kind, value), comparable(kind, operand)))
}

function comparable(kind: string, value: unknown): string | number {
  if (kind === 'time') return Math.floor(Date.parse(String(value)) / 1000)
  return kind === 'integer' ? Number(value) : String(value)
}

function isUnstorable(operand: unknown): boolean {
  return typeof operand === 'string' && (operand.includes('\0') || !operand.isWellFormed())
}

function dayOf(value: unknown): string {
  return new Date(Date.parse(String(value))).toISOString().slice(0, 10)
}

function compareValues(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  // Half a surrogate pair would become U+FFFD as bytes, which is a text of its own.
  if (a === b || isUnstorable(b)) return a === b ? 0 : 1
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
}

function compareThings(a: ModelThing, b: ModelThing, sortField: string): number {
  const difference = compareNullable(a.fields[sortField] ?? null, b.fields[sortField] ?? null)
  if (difference !== 0) return difference
  const others = b.ties(sortField)
  return a
    .ties(sortField)
    .map((tie, index) => tie - (others[index] as number))
    .reduce((decided, next) => decided || next, 0)
}

/** Null comes last, first when it is turned round. */
function compareNullable(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return compareValues(a, b)
}
