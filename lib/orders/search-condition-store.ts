import type { FieldKind, SearchCondition, SearchTest } from './search.ts'

/** A condition of SQL with the values it names. */
export interface SqlCondition {
  readonly sql: string
  readonly bindings: Readonly<Record<string, unknown>>
}

const SQL_TYPES: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  date_text: 'text',
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
  return { sql: joinParts(parts, 'and', 'true'), bindings }
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
      return joinParts(parts, 'and', 'true')
    }
    case 'any':
      return joinParts(
        test.tests.map((one) => toSql(one, target)),
        'or',
        'false',
      )
    case 'not':
      // A null isn't what it should not be.
      return `(${toSql(test.test, target)}) is not true`
  }
}

/** One value by `=`: only then PostgreSQL knows that an index keeps the order of what is equal. */
function oneOfSql(values: readonly unknown[], target: Target): string {
  if (values.length === 0) return 'false'
  if (values.length === 1) return `${target.column} = ${valueSql(values[0], target)}`
  return `${target.column} = any(${target.bind(values)}::${SQL_TYPES[target.kind]}[])`
}

function valueSql(value: unknown, { kind, bind }: Target): string {
  const bound = `${bind(value)}::${SQL_TYPES[kind]}`
  return kind === 'time' ? `to_timestamp(${bound})` : bound
}

function joinParts(parts: readonly string[], word: 'and' | 'or', empty: string): string {
  return parts.length === 0 ? empty : `(${parts.join(` ${word} `)})`
}
