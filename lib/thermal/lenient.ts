/**
 * Reading members as contracts/thermal.md, section 2.1, wants it: names in any letter case, types as lenient as the
 * clients are careless. What does not fit counts as absent, which is `undefined` here.
 */
import { type JsonObject, type JsonValue, NumberText } from './json-text.ts'

/** The member in exactly this spelling, else the last one that differs in case only. Nothing inherited. */
export function member(object: JsonObject, name: string): JsonValue | undefined {
  if (Object.hasOwn(object, name)) return object[name]
  const key = keyInAnyCase(object, name.toLowerCase())
  return key === undefined ? undefined : object[key]
}

/** A search is quicker than an index for the few members that objects have. */
const SEARCHED_MEMBERS_MAX = 32
/** Last keys by their lower case. */
const indexes = new WeakMap<JsonObject, ReadonlyMap<string, string>>()

function keyInAnyCase(object: JsonObject, lower: string): string | undefined {
  const known = indexes.get(object)
  if (known) return known.get(lower)
  const keys = Object.keys(object)
  if (keys.length <= SEARCHED_MEMBERS_MAX) return keys.findLast((key) => key.toLowerCase() === lower)
  const index = new Map(keys.map((key) => [key.toLowerCase(), key]))
  indexes.set(object, index)
  return index.get(lower)
}

export function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined
}

/** A lone object is a list of one. */
export function asList(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  if (Array.isArray(value)) return value as readonly JsonValue[]
  return isObject(value) ? [value] : undefined
}

/** Numbers and booleans as they were written. */
export function asString(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (value instanceof NumberText) return value.text
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

const NUMERIC = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

export function asNumber(value: JsonValue | undefined): number | undefined {
  if (typeof value === 'number') return value
  if (value instanceof NumberText) return Number(value.text)
  if (typeof value !== 'string' || !NUMERIC.test(value.trim())) return undefined
  return Number(value)
}

export function asBoolean(value: JsonValue | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value
  const text = asString(value)
  if (text === 'true' || text === 'false') return text === 'true'
  const number = asNumber(value)
  return number === 1 || number === 0 ? number === 1 : undefined
}

/** A whole number within the bounds, the nearest one where the given one is not. */
export function asWithin(value: JsonValue | undefined, min: number, max: number): number | undefined {
  const number = asNumber(value)
  return number === undefined ? undefined : Math.min(max, Math.max(min, Math.round(number)))
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText)
  )
}
