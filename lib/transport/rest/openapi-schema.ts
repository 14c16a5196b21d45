import type { JSONSchema } from 'json-schema-to-ts'

/** Formats of ours that no other validator knows; their descriptions say what they are. */
const OWN_FORMATS = new Set(['locale', 'currency', 'time-zone'])

/** A schema as JSON Schema 2020-12 has it: our own keywords become the standard ones that say nearly the same. */
export function plainSchema(schema: JSONSchema): Readonly<Record<string, unknown>> {
  return plain(schema) as Readonly<Record<string, unknown>>
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([keyword, member]) => plainKeyword(keyword, member)),
  )
}

/** Their values are data, not schemas. */
const DATA_KEYWORDS = new Set(['examples', 'default', 'const', 'enum'])

function plainKeyword(keyword: string, value: unknown): [string, unknown][] {
  if (DATA_KEYWORDS.has(keyword)) return [[keyword, value]]
  switch (keyword) {
    case 'trimmedLength': {
      const [min, max] = value as readonly [number, number]
      return [
        ['minLength', min],
        ['maxLength', max],
      ]
    }
    case 'storable':
      return []
    case 'instant':
      return [['description', 'ISO 8601, a date alone, or whole epoch seconds']]
    case 'format':
      return OWN_FORMATS.has(String(value)) ? [] : [[keyword, value]]
    default:
      return [[keyword, plain(value)]]
  }
}
