import type { ErrorObject } from 'ajv'

type Parameters = ErrorObject['params']

/** By keyword of the schema; others speak for themselves: `must be >= 1`. */
const WORDS: Readonly<Record<string, (params: Parameters) => string>> = {
  required: () => 'is missing',
  additionalProperties: () => 'is not an option',
  type: ({ type }) => `must be ${list([type].flat().map(nameOfType), 'or')}`,
  enum: ({ allowedValues }) => `must be one of ${list([allowedValues].flat().map(String), 'or')}`,
  minLength: ({ limit }) => `must have at least ${limit} ${plural('character', limit)}`,
  maxLength: ({ limit }) => `must have at most ${limit} ${plural('character', limit)}`,
  minItems: ({ limit }) => `must have at least ${limit} ${plural('item', limit)}`,
  maxItems: ({ limit }) => `must have at most ${limit} ${plural('item', limit)}`,
  const: ({ allowedValue }) => `must be ${JSON.stringify(allowedValue)}`,
  pattern: () => 'does not have the form it needs',
}

/** What a member must be, to follow its path: "must be a string or null", "is missing". Never repeats a value. */
export function wordsOf({ keyword, params, parentSchema, message = 'is invalid' }: ErrorObject): string {
  const description: unknown = parentSchema?.['description']
  // A pattern says nothing to people; what describes it does.
  if (keyword === 'pattern' && typeof description === 'string') return `must be ${description}`
  return WORDS[keyword]?.(params) ?? message
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  array: 'an array',
  boolean: 'true or false',
  integer: 'a whole number',
  null: 'null',
  number: 'a number',
  object: 'an object',
  string: 'a string',
}

function nameOfType(type: unknown): string {
  return TYPE_NAMES[String(type)] ?? String(type)
}

function list(names: readonly string[], conjunction: string): string {
  const [last = '', ...before] = names.toReversed()
  return before.length > 0 ? `${before.toReversed().join(', ')} ${conjunction} ${last}` : last
}

function plural(noun: string, count: unknown): string {
  return count === 1 ? noun : `${noun}s`
}
