import { type JsonValue, NumberText } from './json-text.ts'
import { isObject } from './lenient.ts'

/** The JSON text of a value that `parseJson` read: its numbers keep their digits, which JSON.stringify would not do. */
export function writeJson(value: JsonValue): string {
  if (value instanceof NumberText) return value.text
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(writeJson).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`,
  )
  return `{${members.join(',')}}`
}
