/** Where a database stands, as seen from a program's own migrations. Names, in their order. */
export interface SchemaStanding {
  /** Its own that the database lacks. */
  readonly missing: readonly string[]
  /** Those of a later version, after all of its own: it works beside them, since migrations leave what it needs. */
  readonly newer: readonly string[]
}

/** The database's migrations are neither the first of this program's nor continue them: nobody knows what its tables are like. */
export class SchemaConflictError extends Error {
  override readonly name = 'SchemaConflictError'
}

/** Pure. `own` in their order, `recorded` in any. Throws SchemaConflictError. */
export function standingOf(own: readonly string[], recorded: readonly string[]): SchemaStanding {
  const done = new Set(recorded)
  const known = new Set(own)
  const missing = own.filter((name) => !done.has(name))
  const unknown = recorded.filter((name) => !known.has(name)).toSorted()
  const last = own.at(-1) ?? ''
  const foreign = unknown.filter((name) => name < last)
  if (foreign.length > 0) {
    throw new SchemaConflictError(
      `the database has migrations that this program lacks: ${foreign.join(', ')}`,
    )
  }
  const isContinued = (name: string) => recorded.some((other) => other > name)
  const skipped = missing.filter(isContinued)
  if (skipped.length > 0) {
    throw new SchemaConflictError(`the database has later migrations, but not ${skipped.join(', ')}`)
  }
  return { missing, newer: unknown }
}
