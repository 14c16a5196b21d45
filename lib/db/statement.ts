import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'

export type Bindings = Readonly<Record<string, unknown>>

/** As PostgreSQL takes it: `$1` where the first binding goes. */
export interface Statement {
  readonly text: string
  /** Of the bindings in their places; one that comes twice is two, since each place has a type of its own. */
  readonly places: readonly string[]
  /** As PostgreSQL keeps it, made when it is first asked for. */
  name?: string
}

/** Those of searches are put together from what is asked for. */
const STATEMENTS_MAX = 1_000
const statements = new LRUCache<string, Statement>({ max: STATEMENTS_MAX })
/** A name after one colon; after two it is a type. */
const PLACE = /(?<![:\w]):([A-Za-z_]\w*)/g

/** Of SQL with named bindings (`:name`). The names are those of its first call. */
export function statementOf(sql: string, bindings: Bindings): Statement {
  const known = statements.get(sql)
  if (known) return known
  const places: string[] = []
  const text = sql.replace(PLACE, (place, name: string) =>
    // What is no binding may be a part of a text.
    Object.hasOwn(bindings, name) ? `$${places.push(name)}` : place,
  )
  const statement = { text, places }
  statements.set(sql, statement)
  return statement
}

/** PostgreSQL tells names apart by their first 63 bytes. */
export function nameOf(statement: Statement): string {
  statement.name ??= createHash('sha256').update(statement.text).digest('base64url')
  return statement.name
}

export function valuesOf({ places }: Statement, bindings: Bindings): unknown[] {
  return places.map((place) => {
    const value = bindings[place]
    if (value === undefined) throw new TypeError(`the binding ${place} of a statement is missing`)
    return value
  })
}
