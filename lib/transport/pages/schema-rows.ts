/** One line of a table of parameters: a member by its path, as `options.packages[].package_id`. */
export interface SchemaRow {
  readonly path: string
  readonly type: string
  readonly notes: string
}

type Schema = Readonly<Record<string, unknown>>

/** Deeper members stand in the schema itself, which `rpc.discover` answers. */
const DEPTH_MAX = 4

/** A schema and the members within it, each before its own members. */
export function schemaRows(path: string, schema: Schema, depth = 0): readonly SchemaRow[] {
  const row = { path, type: typeOf(schema), notes: notesOf(schema) }
  if (depth === DEPTH_MAX) return [row]
  const members = Object.entries(asSchema(schema['properties']) ?? {}).flatMap(([name, member]) =>
    schemaRows(`${path}.${name}`, asSchema(member) ?? {}, depth + 1),
  )
  const items = asSchema(schema['items'])
  const elements = items?.['properties'] === undefined ? [] : schemaRows(`${path}[]`, items, depth + 1)
  return [row, ...members, ...elements]
}

function asSchema(value: unknown): Schema | undefined {
  return typeof value === 'object' && value !== null ? (value as Schema) : undefined
}

function typeOf(schema: Schema): string {
  const { type, enum: values, anyOf } = schema
  if ('const' in schema) return JSON.stringify(schema['const'])
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(', ')
  if (type !== undefined) return [type].flat().join(', ')
  if (Array.isArray(anyOf)) return [...new Set(anyOf.map((branch: Schema) => typeOf(branch)))].join(', ')
  return 'any'
}

function notesOf(schema: Schema): string {
  const { description, pattern } = schema
  const notes = [
    description,
    range(schema['minLength'], schema['maxLength'], 'characters'),
    range(schema['minItems'], schema['maxItems'], 'elements'),
    range(schema['minimum'], schema['maximum'], ''),
    pattern === undefined || description !== undefined ? undefined : `matches ${String(pattern)}`,
    schema['default'] === undefined ? undefined : `default ${JSON.stringify(schema['default'])}`,
  ]
  return notes.filter((note) => note !== undefined).join('; ')
}

function range(min: unknown, max: unknown, unit: string): string | undefined {
  const [from = null, to = null] = [min, max].map(toWords)
  if (from === '1' && to === null && unit !== '') return 'not empty'
  if (from !== null && to !== null) return `${from} to ${to} ${unit}`.trim()
  if (from !== null) return `at least ${from} ${unit}`.trim()
  return to === null ? undefined : `at most ${to} ${unit}`.trim()
}

/** What JSON's numbers can't exceed anyway is no bound to speak of. */
function toWords(bound: unknown): string | null {
  return typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER
    ? bound.toLocaleString('en')
    : null
}
