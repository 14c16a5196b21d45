import { Ajv, type AnySchema, type ErrorObject, type ValidateFunction } from 'ajv'
import type { JSONSchema } from 'json-schema-to-ts'
import { isStorableText } from '../../db/storable-text.ts'
import { InvalidError } from '../../errors.ts'
import { wordsOf } from '../schema-words.ts'

// strictNumbers would call the id 1e400 malformed; it is a number, and names nothing.
const ajv = new Ajv({ allowUnionTypes: true, strictRequired: false, strictNumbers: false, verbose: true })

/** `"storable": true`: every string within can be stored (contracts/rpc.md, section 6), at any depth, keys too. */
ajv.addKeyword({
  keyword: 'storable',
  schemaType: 'boolean',
  validate: (_schema: boolean, value: unknown) => isStorable(value),
  error: { message: 'must not hold U+0000 or half a surrogate pair' },
})

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return isStorableText(value)
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, member]) => isStorableText(key) && isStorable(member))
}

export function compileSchema(schema: JSONSchema): ValidateFunction {
  return ajv.compile(schema as AnySchema)
}

/** Throws InvalidError for the first member at fault, named without the argument that holds it. */
export function validateArguments(validate: ValidateFunction, args: Readonly<Record<string, unknown>>): void {
  if (validate(args)) return
  const error = mostTelling(validate.errors ?? [])
  const path = fieldOf(error)
  throw new InvalidError(path, reasonOf(error), `${path} ${wordsOf(error)}`)
}

/** Of an anyOf the branches fail as well: the deepest member says most. */
function mostTelling(errors: readonly ErrorObject[]): ErrorObject {
  const depth = (error: ErrorObject) => fieldOf(error).split('.').length
  const told = errors.filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'if')
  const [first, ...rest] = told.length > 0 ? told : errors
  if (!first) throw new Error('a failed validation has no errors')
  return rest.reduce((best, error) => (depth(error) > depth(best) ? error : best), first)
}

/** `/options/file_request/auth/0` is `file_request.auth.0`: to a caller `options` is an argument, not a member. */
function fieldOf(error: ErrorObject): string {
  const steps = error.instancePath.split('/').slice(1).map(unescapePointer)
  if (error.keyword === 'required') steps.push(String(error.params['missingProperty']))
  if (error.keyword === 'additionalProperties') steps.push(String(error.params['additionalProperty']))
  const [argument = '', ...members] = steps
  return members.length > 0 ? members.join('.') : argument
}

function unescapePointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}

function reasonOf({ keyword }: ErrorObject): string {
  if (keyword === 'required') return 'required'
  return keyword === 'additionalProperties' ? 'unknown_option' : 'invalid'
}
