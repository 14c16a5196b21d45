import type { FieldKind, SearchCondition, SearchTest, SearchValue } from './search.ts'

/** A condition of SQL with the values it names. */
export interface SqlCondition {
  readonly sql: string
  readonly bindings: Readonly<Record<string, unknown>>
}

const SQL_TYPES: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  integer: 'bigint',
  time: 'float8',
}

/** All conditions, on the columns of their fields; values are only ever bound. */
export function toSqlCondition(
  conditions: readonly SearchCondition[],
  columns: Readonly<Record<string, string>>,
): SqlCondition {
  const bindings: Record<string, unknown> = {}
  const bind = (value: unknown): string => {
    const name = `value${Object.keys(bindings).length}`
    bindings[name] = value
    return `:${name}`
  }
  const parts = conditions.map(({ field, kind, test }) =>
    toSql(test, { column: columns[field] as string, kind, bind }),
  )
  return { sql: joinParts(parts), bindings }
}

interface Target {
  readonly column: string
  readonly kind: FieldKind
  /** Answers the place-holder. */
  bind(value: unknown): string
}

function toSql(test: SearchTest, target: Target): string {
  switch (test.is) {
    case 'null':
      return `${target.column} is null`
    case 'one_of':
      return oneOfSql(test.values, target)
    case 'within': {
      const parts = test.bounds.map(
        ({ comparator, value }) => `${target.column} ${comparator} ${valueSql(value, target)}`,
      )
      return joinParts(parts)
    }
    case 'not':
      // A null isn't what it should not be.
      return `(${toSql(test.test, target)}) is not true`
  }
}

/** One value by `=`: only then PostgreSQL knows that an index keeps the order of what is equal. */
function oneOfSql(values: readonly SearchValue[], target: Target): string {
  const [first, ...others] = values
  if (first === undefined) return 'false'
  if (target.kind === 'time') return oneOfSecondsSql(values.map(Number), target)
  if (others.length === 0) return `${target.column} = ${valueSql(first, target)}`
  return `${target.column} = any(${target.bind(values)}::${SQL_TYPES[target.kind]}[])`
}

/** One range for an index to serve, however many seconds: to plan as many ranges takes longer than to read this one. */
function oneOfSecondsSql(seconds: readonly number[], target: Target): string {
  const first = valueSql(Math.min(...seconds), target)
  const end = valueSql(Math.max(...seconds) + 1, target)
  const range = `(${target.column} >= ${first} and ${target.column} < ${end}`
  if (seconds.length === 1) return `${range})`
  return `${range} and floor(extract(epoch from ${target.column})) = any(${target.bind(seconds)}::numeric[]))`
}

function valueSql(value: unknown, { kind, bind }: Target): string {
  const bound = `${bind(value)}::${SQL_TYPES[kind]}`
  return kind === 'time' ? `to_timestamp(${bound})` : bound
}

function joinParts(parts: readonly string[]): string {
  return parts.length === 0 ? 'true' : `(${parts.join(' and ')})`
}
