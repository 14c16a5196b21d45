import type { JSONSchema } from 'json-schema-to-ts'
import type { ListParameters } from '../../../schemas/list-query.ts'
import type { ListQuery } from '../../db/list-page.ts'
import { parseInstant } from './rest-instant.ts'

export interface ReadQuery {
  readonly values: Readonly<Record<string, unknown>>
  readonly errors: readonly string[]
}

const INTEGER = /^\d+$/
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false }

/**
 * The parameters that the schema names; others are ignored. Brackets may be raw or percent-encoded. A string that
 * spells the integer or boolean wanted becomes it; whatever doesn't stays a string, for the schema to refuse.
 */
export function readQuery(url: string, schema: JSONSchema): ReadQuery {
  const start = url.indexOf('?')
  const given = new URLSearchParams(start === -1 ? '' : url.slice(start + 1))
  const values: Record<string, unknown> = {}
  const errors: string[] = []
  for (const [name, property] of Object.entries(propertiesOf(schema))) {
    const [value, ...more] = given.getAll(name)
    if (more.length > 0) errors.push(`${name} must be given once`)
    else if (value !== undefined) values[name] = readValue(value, property)
  }
  return { values, errors }
}

interface Property {
  readonly type?: string
  readonly instant?: boolean
}

function propertiesOf(schema: JSONSchema): Readonly<Record<string, Property>> {
  return ((schema as { properties?: unknown }).properties ?? {}) as Readonly<Record<string, Property>>
}

function readValue(text: string, { type, instant }: Property): unknown {
  if (type === 'integer' && INTEGER.test(text)) return Number(text)
  if (type === 'boolean') return BOOLEANS[text] ?? text
  // A raw + of an offset means a space in a query; no date has a space there.
  if (instant === true) return text.replace(/ (?=\d{2}:?\d{2}$)/, '+')
  return text
}

/** Valid parameters of a list as the stores take them. */
export function toListQuery(parameters: ListParameters): ListQuery {
  return {
    page: parameters.page ?? 1,
    limit: parameters.limit ?? 20,
    orderBy: parameters.order_by ?? 'created_at',
    direction: parameters.direction ?? 'desc',
    createdFrom: parseInstant(parameters['created_at[gte]']),
    createdTo: parseInstant(parameters['created_at[lte]']),
    updatedFrom: parseInstant(parameters['updated_at[gte]']),
    updatedTo: parseInstant(parameters['updated_at[lte]']),
  }
}
