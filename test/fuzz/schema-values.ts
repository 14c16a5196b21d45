import fc from 'fast-check'

/** What of JSON Schema the descriptions of the server use. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly maxLength?: number
  readonly examples?: readonly unknown[]
}

export interface SchemaContext {
  /** What a `$ref` names. */
  readonly resolve: (reference: string) => Schema
  /** Ids and names that stand for something. */
  readonly known: fc.Arbitrary<unknown>
}

const DEPTH_MAX = 5

/** Schemas lead to each other and back: each is read once a level. */
const made = new WeakMap<Schema, Map<number, fc.Arbitrary<unknown>>>()

/** Values that a schema accepts, or nearly: the server judges them, so a miss now and then is welcome. */
export function valuesOf(schema: Schema, context: SchemaContext, depth = 0): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return valuesOf(context.resolve(schema.$ref), context, depth)
  if (depth > DEPTH_MAX) return fc.constant(null)
  const levels = made.get(schema) ?? new Map<number, fc.Arbitrary<unknown>>()
  made.set(schema, levels)
  const values = levels.get(depth) ?? readSchema(schema, context, depth)
  levels.set(depth, values)
  return values
}

function readSchema(schema: Schema, context: SchemaContext, depth: number): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return fc.oneof(...choices.map((choice) => valuesOf(choice, context, depth + 1)))
  if (schema.allOf) {
    const parts = schema.allOf.map((part) => valuesOf(part, context, depth + 1))
    return fc.tuple(...parts).map((values) => Object.assign({}, ...values) as unknown)
  }
  const types = [schema.type ?? (schema.properties ? 'object' : [])].flat()
  const own = types.map((type) => valuesOfType(type, schema, { context, depth }))
  const examples = (schema.examples ?? []).map((example) => fc.constant(example))
  const all = [...own, ...examples]
  return all.length === 0 ? context.known : fc.oneof(...all)
}

interface Place {
  readonly context: SchemaContext
  readonly depth: number
}

type TypeReader = (schema: Schema, place: Place) => fc.Arbitrary<unknown>

const TYPES: Readonly<Record<string, TypeReader>> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  integer: ({ minimum: min = -3, maximum: max = Math.max(1_000, min) }, { context }) =>
    fc.oneof(fc.integer({ min: Math.ceil(min), max: Math.floor(max) }), context.known),
  number: ({ minimum: min = -3, maximum: max = Math.max(1_000, min) }) =>
    fc.double({ min, max, noNaN: true }),
  string: ({ maxLength = 30 }, { context }) =>
    fc.oneof(context.known, fc.string({ maxLength: Math.min(maxLength, 30) })),
  array: ({ items = {}, minItems = 0, maxItems = 3 }, { context, depth }) =>
    fc.array(valuesOf(items, context, depth + 1), {
      minLength: Math.min(minItems, 4),
      maxLength: Math.min(Math.max(minItems, maxItems), 4),
    }),
  object: objectsOf,
}

function valuesOfType(type: string, schema: Schema, place: Place): fc.Arbitrary<unknown> {
  return TYPES[type]?.(schema, place) ?? place.context.known
}

function objectsOf(schema: Schema, { context, depth }: Place): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, valuesOf(member, context, depth + 1)]),
  )
  const record = fc.record(members, {
    requiredKeys: required.filter((name) => Object.hasOwn(members, name)),
    noNullPrototype: true,
  })
  if (typeof additionalProperties !== 'object') return record
  const more = fc.dictionary(
    fc.string({ maxLength: 10 }),
    valuesOf(additionalProperties, context, depth + 1),
    {
      maxKeys: 3,
      noNullPrototype: true,
    },
  )
  return fc.tuple(record, more).map(([own, others]) => ({ ...others, ...own }))
}
