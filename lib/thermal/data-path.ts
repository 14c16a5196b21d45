/** Paths into a document: contracts/thermal.md, section 5.1. */
import type { JsonValue } from './json-text.ts'
import { isObject, member } from './lenient.ts'
import { quoted, ThermalError } from './thermal-error.ts'

/** Alternatives, each the names from the item at hand to the value; no names mean the item itself. */
export type DataPath = readonly (readonly string[])[]

export interface Found {
  /** undefined when there is nothing: missing, null, `""`. */
  readonly value: JsonValue | undefined
  /** The last name of the path that led there; empty for the item itself. */
  readonly name: string
}

const PARTS_MAX = 64

const NOTHING: Found = { value: undefined, name: '' }

/** `a.b|c`; `.` and the empty text are the item at hand. Throws ThermalError for one that is endless. */
export function parseDataPath(text: string): DataPath {
  const path = text.split('|').map((alternative) => {
    const trimmed = alternative.trim()
    return trimmed === '' || trimmed === '.' ? [] : trimmed.split('.')
  })
  if (path.length > PARTS_MAX || path.some((names) => names.length > PARTS_MAX)) {
    throw new ThermalError(`'${quoted(text)}' has more than ${PARTS_MAX} names or alternatives`)
  }
  return path
}

/** The first alternative that leads to something; an empty list only where no other does. */
export function find(path: DataPath, item: JsonValue | undefined): Found {
  let emptyList: Found | undefined
  for (const names of path) {
    const value = follow(names, item)
    const found = { value, name: names.at(-1) ?? '' }
    if (isEmptyList(value)) emptyList ??= found
    else if (value !== undefined && value !== null && value !== '') return found
  }
  return emptyList ?? NOTHING
}

function follow(names: readonly string[], item: JsonValue | undefined): JsonValue | undefined {
  let value = item
  for (const name of names) {
    if (!isObject(value)) return undefined
    value = member(value, name)
  }
  return value
}

function isEmptyList(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length === 0
}
