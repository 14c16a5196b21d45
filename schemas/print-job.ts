import type { FromSchema } from 'json-schema-to-ts'
import { id, nullableString, type RestSchema, time } from './rest-values.ts'

/** The body of `POST /v1/cloud-printing/jobs/:id`; what goes with which status is checked by lib/print-jobs/job-report.ts. */
export const printJobUpdateBody = {
  type: 'object',
  required: ['status'],
  properties: {
    status: { enum: ['queued', 'processing', 'completed', 'failed', 'canceled'] },
    reason: {
      type: 'string',
      description: '3 to 1023 characters; required with failed, ignored with others than canceled',
    },
  },
} as const satisfies RestSchema

export const reprintBody = {
  type: 'object',
  properties: {
    reason: { type: 'string', description: '3 to 1023 characters' },
    printer_id: id,
  },
} as const satisfies RestSchema

export type ReprintBody = FromSchema<typeof reprintBody>

export const previewQuery = {
  type: 'object',
  properties: { page: { type: 'integer', minimum: 1 } },
} as const satisfies RestSchema

export type PreviewQuery = FromSchema<typeof previewQuery>

const named = { id: { type: 'string' }, name: { type: 'string' } } as const
const printer = {
  type: 'object',
  required: ['id', 'name', 'model'],
  properties: { ...named, model: nullableString },
} as const
const station = {
  type: 'object',
  required: ['id', 'name', 'display_name'],
  properties: { ...named, display_name: { type: 'string' } },
} as const
const strings = { type: 'array', items: { type: 'string' } } as const

export const printJobAnswer = {
  title: 'PrintJob',
  type: 'object',
  required: [
    'object',
    'id',
    'name',
    'status',
    'reason',
    'data_url',
    'data_type',
    'station',
    'printer',
    'options',
  ],
  properties: {
    object: { const: 'print_job' },
    id: { type: 'string' },
    name: { type: 'string' },
    status: { enum: ['queued', 'processing', 'completed', 'failed', 'canceled'] },
    reason: nullableString,
    data_url: {
      type: 'string',
      format: 'uri',
      description: "Packhouse's own copy, good for an hour without a key",
    },
    data_type: { type: 'string' },
    resource_type: nullableString,
    resource_id: nullableString,
    resource_document: nullableString,
    location_id: { type: 'string' },
    station,
    printer,
    options: {
      type: 'object',
      properties: {
        paper_size: nullableString,
        copies: { type: 'integer' },
        total_pages: { type: ['integer', 'null'] },
        orientation: { enum: ['portrait', 'landscape'] },
        color_print: { type: 'boolean' },
        double_sided: { type: 'boolean' },
        print_all_pages: { type: 'boolean' },
        pages_to_print: { type: ['array', 'null'], items: { type: 'string' } },
        reverse_order: { type: 'boolean' },
        scaling: { type: ['number', 'null'] },
      },
    },
    created_at: time,
    updated_at: time,
    created_by: { type: 'string' },
    updated_by: { type: 'string' },
    expires_at: time,
    reprint_of: nullableString,
    reprint_reason: nullableString,
    warnings: strings,
    state_reasons: strings,
    claim: { type: ['object', 'null'], properties: { expires_at: time } },
  },
} as const satisfies RestSchema

export const printAttemptAnswer = {
  title: 'PrintAttempt',
  type: 'object',
  required: ['object', 'attempt', 'printer', 'started_at', 'ended_at', 'outcome'],
  properties: {
    object: { const: 'print_attempt' },
    attempt: { type: 'integer' },
    printer,
    started_at: time,
    ended_at: { type: ['string', 'null'], format: 'date-time' },
    bytes_offered: { type: 'integer' },
    bytes_written: { type: 'integer' },
    outcome: { enum: ['not_sent', 'sent', 'confirmed', 'unknown', null] },
    detail: nullableString,
  },
} as const satisfies RestSchema

export const printJobRoutingAnswer = {
  title: 'PrintJobRouting',
  type: 'object',
  required: ['object', 'job_id', 'decided_at', 'printer_id', 'candidates'],
  properties: {
    object: { const: 'print_job_routing' },
    job_id: { type: 'string' },
    decided_at: time,
    printer_id: { type: 'string' },
    candidates: {
      type: 'array',
      items: {
        type: 'object',
        required: [
          'printer',
          'station',
          'chosen',
          'eligible',
          'health',
          'queue_depth',
          'priority',
          'reasons',
        ],
        properties: {
          printer,
          station,
          chosen: { type: 'boolean' },
          eligible: { type: 'boolean' },
          health: { enum: ['online', 'busy', 'offline', 'error', 'paused'] },
          queue_depth: { type: 'integer' },
          priority: { type: ['integer', 'null'] },
          reasons: strings,
        },
      },
    },
  },
} as const satisfies RestSchema

/** The query of a signed link: anything may be in it. */
export const documentLinkQuery = {
  type: 'object',
  properties: { expires: { type: 'string' }, signature: { type: 'string' } },
} as const satisfies RestSchema

export type DocumentLinkQuery = FromSchema<typeof documentLinkQuery>
