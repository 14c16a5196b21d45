import type { JSONSchema } from 'json-schema-to-ts'

export const MULTI_CALLS_MAX = 50

const session = {
  type: ['string', 'null'],
  description: 'from login; null: the Authorization header says who calls',
} as const

/** What the endpoint's own methods take. They check it themselves, since each refuses in its own way. */
export const loginArgs = {
  type: 'object',
  required: ['username', 'apiKey'],
  properties: {
    username: { type: 'string', minLength: 1 },
    apiKey: { type: 'string', minLength: 1 },
  },
} as const satisfies JSONSchema

export const callArgs = {
  type: 'object',
  required: ['session', 'path'],
  properties: {
    session,
    path: { type: 'string', description: 'resource.method' },
    args: {
      description: 'by position in an array, by name in an object, or the first argument alone',
    },
  },
} as const satisfies JSONSchema

export const multiCallArgs = {
  type: 'object',
  required: ['session', 'calls'],
  properties: {
    session,
    calls: {
      type: 'array',
      maxItems: MULTI_CALLS_MAX,
      description: 'each [path, args], or a path alone',
      items: {
        anyOf: [{ type: 'string' }, { type: 'array', minItems: 1 }],
      },
    },
    options: {
      type: ['object', 'array', 'null'],
      properties: { break: { type: 'boolean', description: 'stop at the first failure' } },
    },
  },
} as const satisfies JSONSchema

export const endSessionArgs = {
  type: 'object',
  required: ['session'],
  properties: { session: { type: 'string' } },
} as const satisfies JSONSchema

export const discoverArgs = { type: 'object', properties: {} } as const satisfies JSONSchema
