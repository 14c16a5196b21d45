/** How to make each field of a view out of the thing viewed, in the order in which they are told. */
export type Fields<Thing> = Readonly<Record<string, (thing: Thing) => unknown>>

/** The fields of a resource: contracts/rpc.md, section 10. */
export interface FieldTable {
  /** Told always. */
  readonly byDefault: Fields<never>
  /** What `*` adds. */
  readonly onStar: Fields<never>
  /** Told when named. */
  readonly heavy: Fields<never>
}

/**
 * The names that `fields` asks for: a list of names, or one name, either may be `*`. Names that there are not, and
 * what is no name, are ignored.
 */
export function selectFields(table: FieldTable, fields?: string | readonly unknown[]): ReadonlySet<string> {
  const wanted: ReadonlySet<unknown> = new Set(typeof fields === 'object' ? fields : [fields])
  const named = [...Object.keys(table.onStar), ...Object.keys(table.heavy)].filter((name) => wanted.has(name))
  return new Set([
    ...Object.keys(table.byDefault),
    ...(wanted.has('*') ? Object.keys(table.onStar) : []),
    ...named,
  ])
}

/** Everything that there is. */
export function everyField(table: FieldTable): ReadonlySet<string> {
  return new Set([table.byDefault, table.onStar, table.heavy].flatMap((fields) => Object.keys(fields)))
}

export function hasHeavyField(table: FieldTable, selected: ReadonlySet<string>): boolean {
  return Object.keys(table.heavy).some((name) => selected.has(name))
}

/** The selected ones of `fields`, in their order. */
export function pick<Thing>(
  fields: Fields<Thing>,
  thing: Thing,
  selected: ReadonlySet<string>,
): Record<string, unknown> {
  const chosen = Object.entries(fields).filter(([name]) => selected.has(name))
  return Object.fromEntries(chosen.map(([name, read]) => [name, read(thing)]))
}
