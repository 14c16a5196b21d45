import type { JSONSchema } from 'json-schema-to-ts'
import { REST_ERRORS } from '../faults.ts'
import { plainSchema } from './openapi-schema.ts'

export interface Components {
  readonly schemas: Readonly<Record<string, unknown>>
  /** A schema with a `title` becomes a component of that name; others stand where they are used. */
  reference(schema: JSONSchema): Readonly<Record<string, unknown>>
}

export function createComponents(): Components {
  const schemas: Record<string, unknown> = { ...ENVELOPES }
  return {
    schemas,
    reference(schema) {
      const title = typeof schema === 'object' ? schema.title : undefined
      if (title === undefined) return plainSchema(schema)
      schemas[title] ??= plainSchema(schema)
      return { $ref: `#/components/schemas/${title}` }
    },
  }
}

const strings = { type: 'array', items: { type: 'string' } }

const common = {
  status: { type: 'integer', description: 'The HTTP status' },
  message: { type: 'string', description: 'Fit to show to a user' },
  endpoint: { type: 'string', description: 'Path of the request' },
}

const required = [
  'status',
  'message',
  'data',
  'code',
  'error_code',
  'errors',
  'events',
  'pagination',
  'endpoint',
]

const errorCode = { type: 'string', enum: Object.keys(REST_ERRORS) }

/** contracts/cloud-printing.md, section 1, "Envelope". */
const ENVELOPES = {
  Success: {
    type: 'object',
    required,
    properties: {
      ...common,
      data: { description: 'The resource, or the list of resources' },
      code: { type: 'null' },
      error_code: { type: 'null' },
      errors: { ...strings, maxItems: 0 },
      events: { ...strings, description: 'Types of the events that the request caused' },
      pagination: { anyOf: [{ $ref: '#/components/schemas/Pagination' }, { type: 'null' }] },
    },
  },
  Error: {
    type: 'object',
    required,
    properties: {
      ...common,
      data: { type: 'object', maxProperties: 0 },
      code: errorCode,
      error_code: errorCode,
      errors: { ...strings, description: 'One per failing property or cause, beginning with its path' },
      events: { ...strings, maxItems: 0 },
      pagination: { type: 'null' },
    },
    examples: [
      {
        status: 400,
        message: 'The request is invalid: configuration.copies must be >= 1',
        data: {},
        code: 'validation_error',
        error_code: 'validation_error',
        errors: ['configuration.copies must be >= 1'],
        events: [],
        pagination: null,
        endpoint: '/v1/cloud-printing/jobs',
      },
    ],
  },
  Pagination: {
    type: 'object',
    required: ['page', 'limit', 'has_more', 'total_count'],
    properties: {
      page: { type: 'integer' },
      limit: { type: 'integer' },
      has_more: { type: 'boolean' },
      total_count: { type: 'integer' },
    },
    examples: [{ page: 1, limit: 20, has_more: false, total_count: 5 }],
  },
}
