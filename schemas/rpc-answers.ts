import type { JSONSchema } from 'json-schema-to-ts'
import { PRESENTATIONS } from '../lib/instructions/instruction.ts'
import { PRINT_TARGETS } from '../lib/printers/print-target.ts'

const textOrNull = { type: ['string', 'null'] } as const
/** contracts/rpc.md, section 8: `2022-02-08T14:59:38+00:00`. */
const time = { type: 'string' } as const

/** What methods answer: contracts/rpc.md, sections 8, 10 and 11, and contracts/packing.md. */
export const instructionAnswer = {
  type: 'object',
  required: [
    'instruction_id',
    'order_id',
    'unique_id',
    'note',
    'file_name',
    'presentation',
    'print_target',
    'copies_printed',
    'confirmations',
  ],
  properties: {
    instruction_id: { type: 'integer' },
    order_id: { type: 'integer' },
    unique_id: { type: 'string' },
    note: { type: 'string' },
    file_name: textOrNull,
    presentation: { enum: PRESENTATIONS },
    print_target: { enum: [...PRINT_TARGETS, null] },
    copies_printed: { type: 'string', pattern: '^[0-9]+$' },
    confirmations: {
      type: 'array',
      items: {
        type: 'object',
        required: ['confirmed_id', 'confirmed_at'],
        properties: { confirmed_id: { type: 'string' }, confirmed_at: time },
      },
    },
    file_content: { ...textOrNull, description: 'base64; with file_content among the fields of a list' },
  },
  additionalProperties: false,
} as const satisfies JSONSchema

/** Which members there are follows from `fields`. */
export const orderAnswer = {
  type: 'object',
  required: ['order_id', 'unique_id', 'order_ref'],
  properties: { order_id: { type: 'integer' }, unique_id: { type: 'string' }, order_ref: textOrNull },
} as const satisfies JSONSchema

export const shipmentAnswer = {
  type: 'object',
  required: ['shipment_id', 'order_unique_id', 'order_ref'],
  properties: {
    shipment_id: { type: 'string' },
    order_unique_id: { type: 'string' },
    order_ref: textOrNull,
  },
} as const satisfies JSONSchema

export const packageAnswer = {
  type: 'object',
  required: ['package_id', 'shipment_id', 'order_unique_id', 'order_ref'],
  properties: {
    package_id: { type: 'string' },
    shipment_id: { type: 'string' },
    order_unique_id: { type: 'string' },
    order_ref: textOrNull,
  },
} as const satisfies JSONSchema

export const packingPackageAnswer = {
  type: 'object',
  required: ['package_id', 'shipment_id', 'order_unique_id', 'status'],
  properties: {
    package_id: { type: 'string' },
    shipment_id: { type: 'string' },
    order_unique_id: { type: 'string' },
    status: { enum: ['packing', 'packed'] },
  },
} as const satisfies JSONSchema

export const occurrenceAnswer = {
  type: 'object',
  required: ['instruction_id', 'revision', 'note', 'state', 'because', 'confirmation', 'print_job'],
  properties: {
    instruction_id: { type: 'integer' },
    revision: { type: 'integer' },
    note: { type: 'string' },
    file_name: textOrNull,
    presentation: { enum: PRESENTATIONS },
    print_target: { enum: [...PRINT_TARGETS, null] },
    state: { enum: ['due', 'deferred', 'confirmed', 'changed', 'elsewhere'] },
    because: { type: 'string' },
    confirmation: { type: ['object', 'null'] },
    print_job: { type: ['object', 'null'] },
  },
} as const satisfies JSONSchema

const printer = {
  type: 'object',
  required: ['id', 'name', 'model'],
  properties: { id: { type: 'string' }, name: { type: 'string' }, model: textOrNull },
} as const

const JOB_STATUSES = ['queued', 'processing', 'completed', 'failed', 'canceled'] as const

export const reprintAnswer = {
  type: 'object',
  required: ['id', 'status', 'reason', 'printer', 'pages', 'reprint_of', 'reprint_reason'],
  properties: {
    id: { type: 'string' },
    status: { enum: JOB_STATUSES },
    reason: textOrNull,
    printer,
    pages: { type: ['integer', 'null'] },
    reprint_of: { type: 'string' },
    reprint_reason: { type: 'string' },
  },
} as const satisfies JSONSchema

export const packingStationAnswer = {
  type: 'object',
  required: ['id', 'name', 'display_name', 'code', 'status', 'location_id', 'printers'],
  properties: {
    id: { type: 'string' },
    name: { type: 'string' },
    display_name: { type: 'string' },
    code: textOrNull,
    status: { enum: ['online', 'offline'] },
    location_id: { type: 'string' },
    printers: {
      type: 'array',
      items: {
        ...printer,
        required: [...printer.required, 'code', 'pool', 'status', 'paused', 'state_reasons', 'queue_depth'],
        properties: {
          ...printer.properties,
          code: textOrNull,
          pool: textOrNull,
          status: { enum: ['online', 'offline', 'busy', 'error'] },
          paused: { type: 'boolean' },
          state_reasons: { type: 'array', items: { type: 'string' } },
          queue_depth: { type: 'integer' },
        },
      },
    },
  },
} as const satisfies JSONSchema

export const printJobAnswer = {
  type: 'object',
  required: ['object', 'id', 'status'],
  properties: {
    object: { const: 'print_job' },
    id: { type: 'string' },
    status: { enum: JOB_STATUSES },
  },
} as const satisfies JSONSchema

export const trueAnswer = { const: true } as const satisfies JSONSchema

export function listOf<Schema extends JSONSchema>(items: Schema) {
  return { type: 'array', items } as const
}
