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

export const printJobAnswer = {
  type: 'object',
  required: ['object', 'id', 'status'],
  properties: {
    object: { const: 'print_job' },
    id: { type: 'string' },
    status: { enum: ['queued', 'processing', 'completed', 'failed', 'canceled'] },
  },
} as const satisfies JSONSchema

export const trueAnswer = { const: true } as const satisfies JSONSchema

export function listOf<Schema extends JSONSchema>(items: Schema) {
  return { type: 'array', items } as const
}
