import type { ErrorObject } from 'ajv'

/** What a member must be, to follow its path: "must be a string or null", "is missing". Never repeats a value. */
export function wordsOf({ keyword, params, message = 'is invalid' }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return 'is missing'
    case 'additionalProperties':
      return 'is not an option'
    case 'type':
      return `must be ${list([params['type']].flat().map(nameOfType), 'or')}`
    case 'enum':
      return `must be one of ${list([params['allowedValues']].flat().map(String), 'or')}`
    case 'minLength':
      return `must have at least ${params['limit']} ${plural('character', params['limit'])}`
    case 'maxLength':
      return `must have at most ${params['limit']} characters`
    case 'minItems':
      return `must have at least ${params['limit']} ${plural('item', params['limit'])}`
    case 'maxItems':
      return `must have at most ${params['limit']} ${plural('item', params['limit'])}`
    case 'pattern':
      return 'does not have the form it needs'
    default:
      return message
  }
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
