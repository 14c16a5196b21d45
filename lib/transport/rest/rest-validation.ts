import { Ajv, type AnySchema, type ErrorObject, type ValidateFunction } from 'ajv'
import type { JSONSchema } from 'json-schema-to-ts'
import { isStorableText } from '../../db/storable-text.ts'
import { isCurrency, isLocale, isTimeZone } from '../../locations/location-settings.ts'
import { wordsOf } from '../schema-words.ts'
import { parseInstant } from './rest-instant.ts'

const ERRORS_MAX = 100
/** White space around a text isn't counted, and is stored: there must be an end to it, too. */
const PADDING_MAX = 1000

/** Strict types: "1" is no integer in a body. All errors: a caller mends a request at once. */
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strictRequired: false, strictTypes: false })

/** `"trimmedLength": [1, 191]`: Unicode code points, after trimming (contracts/cloud-printing.md, section 1). */
ajv.addKeyword({
  keyword: 'trimmedLength',
  type: 'string',
  schemaType: 'array',
  validate: ([min, max]: [number, number], text: string) =>
    text.length <= 2 * max + PADDING_MAX && isWithin(lengthOf(text), min, max),
  error: { message: ({ schema: [min, max] }) => `must have ${min} to ${max} characters` },
})

/** `"storable": true`: a string that PostgreSQL can hold. */
ajv.addKeyword({
  keyword: 'storable',
  type: 'string',
  schemaType: 'boolean',
  validate: (_schema: boolean, text: string) => isStorableText(text),
  error: { message: 'must not hold U+0000 or half a surrogate pair' },
})

/** `"instant": true`: a date in one of the accepted forms. */
ajv.addKeyword({
  keyword: 'instant',
  schemaType: 'boolean',
  validate: (_schema: boolean, value: unknown) => parseInstant(value) !== null,
  error: { message: 'must be a date in ISO 8601 or whole epoch seconds' },
})

const FORMAT_WORDS: Readonly<Record<string, string>> = {
  locale: 'must be a BCP 47 language tag such as es-CO',
  currency: 'must be an ISO 4217 code such as COP',
  'time-zone': 'must be an IANA time zone such as America/Bogota',
}
ajv.addFormat('locale', isLocale)
ajv.addFormat('currency', isCurrency)
ajv.addFormat('time-zone', isTimeZone)

/** The errors of a value, each beginning with the path of the member: `configuration.copies must be >= 1`. */
export type Validator = (value: unknown) => readonly string[]

/** `root` is what the whole value is called: `body`. */
export function createValidator(schema: JSONSchema, root: string): Validator {
  const validate: ValidateFunction = ajv.compile(schema as AnySchema)
  return (value) => {
    if (validate(value)) return []
    const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if' && keyword !== 'anyOf')
    return [...new Set(errors.map((error) => describe(error, root)))].slice(0, ERRORS_MAX)
  }
}

function describe(error: ErrorObject, root: string): string {
  const steps = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (error.keyword === 'required') steps.push(String(error.params['missingProperty']))
  const format = error.keyword === 'format' ? FORMAT_WORDS[String(error.params['format'])] : undefined
  return `${steps.join('.') || root} ${format ?? wordsOf(error)}`
}

function lengthOf(text: string): number {
  let length = 0
  for (const _codePoint of text.trim()) length += 1
  return length
}

function isWithin(value: number, min: number, max: number): boolean {
  return value >= min && value <= max
}
