import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { type FieldKind, type SearchFields } from '../lib/orders/search.ts'
import {
  isOperatorOf,
  LIST_LENGTH_MAX,
  type OperandForm,
  SEARCH_OPERATORS,
} from '../lib/orders/search-operators.ts'
import {
  DEFAULT_SORT_FIELD,
  LIMIT_DEFAULT,
  LIMIT_MAX,
  SORT_DIRECTIONS,
} from '../lib/orders/search-options.ts'
import { fieldNames } from './field-names.ts'

/** Of every search. Their members are read by lib/orders/search-options.ts, against the fields of what is searched. */
export const searchArgs = {
  type: 'object',
  properties: {
    filters: { type: 'object' },
    options: { type: 'object' },
    fields: fieldNames,
  },
} as const satisfies JSONSchema

export type SearchArgs = FromSchema<typeof searchArgs>

const VALUES: Readonly<Record<FieldKind, JSONSchema>> = {
  text: { type: ['string', 'number'] },
  integer: { type: ['integer', 'string'], pattern: '^-?[0-9]+$' },
  time: { type: 'string', description: 'a date, or date and time; UTC where no offset is given' },
}
const COUNT = { type: ['integer', 'string'], minimum: 1, pattern: '^[0-9]+$' } as const
const ONE_OR_TRUE = { enum: [1, true] } as const

const OPERANDS: Readonly<Record<OperandForm, (kind: FieldKind) => JSONSchema>> = {
  value: (kind) => VALUES[kind],
  list: (kind) => ({ type: 'array', maxItems: LIST_LENGTH_MAX, items: VALUES[kind] }),
  flag: () => ONE_OR_TRUE,
  date: () => VALUES.time,
}

/** What those members may be, by the tables that read them: for the description. */
export function describeSearch(fields: SearchFields): Readonly<Record<'filters' | 'options', JSONSchema>> {
  const properties = Object.entries(fields).map(([field, kind]) => [field, filterOf(kind)] as const)
  return {
    filters: {
      type: 'object',
      description: 'all of which must hold',
      properties: Object.fromEntries(properties),
      additionalProperties: false,
    },
    options: {
      type: 'object',
      properties: {
        page: { ...COUNT, default: 1 },
        limit: { ...COUNT, default: LIMIT_DEFAULT, description: `over ${LIMIT_MAX} counts as ${LIMIT_MAX}` },
        sort_field: {
          enum: [...new Set([DEFAULT_SORT_FIELD, ...Object.keys(fields)])],
          default: DEFAULT_SORT_FIELD,
        },
        sort_dir: { enum: SORT_DIRECTIONS, default: SORT_DIRECTIONS[0] },
      },
    },
  }
}

function filterOf(kind: FieldKind): JSONSchema {
  const operators = Object.entries(SEARCH_OPERATORS).filter(([operator]) => isOperatorOf(kind, operator))
  const names = operators.map(([operator]) => operator)
  const byName = operators.map(([operator, { operand }]) => [operator, OPERANDS[operand](kind)] as const)
  return {
    description: `a value, or any of ${[...names, ...(kind === 'time' ? ['datetime'] : [])].join(', ')}`,
    anyOf: [
      VALUES[kind],
      {
        type: 'object',
        properties: { ...Object.fromEntries(byName), ...(kind === 'time' && { datetime: DATETIME }) },
        additionalProperties: false,
      },
    ],
  }
}

const DATETIME = {
  type: ['boolean', 'integer'],
  description: 'true: from and to are moments, else whole days in UTC',
} as const
