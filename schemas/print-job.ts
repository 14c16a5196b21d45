import type { FromSchema } from 'json-schema-to-ts'
import { ATTEMPT_OUTCOMES } from '../lib/print-jobs/attempt.ts'
import { REASON_LENGTH_MAX, REASON_LENGTH_MIN } from '../lib/print-jobs/job-report.ts'
import { id, nullableString, nullableTime, type RestSchema, time } from './rest-values.ts'

/** The body of `POST /v1/cloud-printing/jobs/:id`; what goes with which status is checked by lib/print-jobs/job-report.ts. */
export const printJobUpdateBody = {
  title: 'PrintJobReport',
  type: 'object',
  required: ['status'],
  properties: {
    status: { enum: ['queued', 'processing', 'completed', 'failed', 'canceled'] },
    reason: {
      type: 'string',
      description: '3 to 1023 characters; required with failed, ignored with others than canceled',
    },
  },
  examples: [{ status: 'processing' }, { status: 'failed', reason: 'Printer out of paper' }],
} as const satisfies RestSchema

export const reprintBody = {
  title: 'Reprint',
  type: 'object',
  required: ['reason'],
  properties: {
    reason: { type: 'string', storable: true, trimmedLength: [REASON_LENGTH_MIN, REASON_LENGTH_MAX] },
    printer_id: id,
  },
  examples: [{ reason: 'The label was smudged' }],
} as const satisfies RestSchema

export type ReprintBody = FromSchema<typeof reprintBody>

export const moveBody = {
  title: 'Move',
  type: 'object',
  required: ['printer_id'],
  properties: { printer_id: id },
  examples: [{ printer_id: '019b1234-5678-7abc-8def-0123456789ab' }],
} as const satisfies RestSchema

export type MoveBody = FromSchema<typeof moveBody>

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

const options = {
  type: 'object',
  description: 'Accepted back as `configuration`',
  required: [
    'paper_size',
    'copies',
    'total_pages',
    'orientation',
    'color_print',
    'double_sided',
    'print_all_pages',
    'pages_to_print',
    'reverse_order',
    'scaling',
  ],
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
} as const satisfies RestSchema

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
    'resource_type',
    'resource_id',
    'resource_document',
    'location_id',
    'station',
    'printer',
    'options',
    'created_at',
    'updated_at',
    'created_by',
    'updated_by',
    'expires_at',
    'reprint_of',
    'reprint_reason',
    'warnings',
    'state_reasons',
    'claim',
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
    options,
    created_at: time,
    updated_at: time,
    created_by: { type: 'string' },
    updated_by: { type: 'string' },
    expires_at: time,
    reprint_of: nullableString,
    reprint_reason: nullableString,
    warnings: strings,
    state_reasons: strings,
    claim: { type: ['object', 'null'], required: ['expires_at'], properties: { expires_at: time } },
  },
  examples: [
    {
      object: 'print_job',
      id: 'prnt_job_0a1B2c3D4e5F6g7H8i9J0k',
      name: 'Invoice #12345',
      status: 'completed',
      reason: null,
      data_url:
        'http://127.0.0.1:8080/v1/documents/doc_0a1B2c3D4e5F6g7H8i9J0k?expires=1795694400&signature=5f0c',
      data_type: 'application/pdf',
      resource_type: 'shipment',
      resource_id: 'shp_abc123',
      resource_document: 'shipping_label',
      location_id: 'loc_0a1B2c3D4e5F6g7H8i9J0k',
      station: { id: 'prnt_stn_0a1B2c3D4e5F6g7H8i9J0k', name: 'Station-001', display_name: 'Station-001' },
      printer: { id: '019b1234-5678-7abc-8def-0123456789ab', name: 'Laser', model: null },
      options: {
        paper_size: 'page_size_letter',
        copies: 1,
        total_pages: 2,
        orientation: 'portrait',
        color_print: false,
        double_sided: true,
        print_all_pages: true,
        pages_to_print: null,
        reverse_order: false,
        scaling: null,
      },
      created_at: '2026-11-25T10:30:00.000Z',
      updated_at: '2026-11-25T10:30:02.000Z',
      created_by: 'key_0a1B2c3D4e5F6g7H8i9J0k',
      updated_by: 'key_0a1B2c3D4e5F6g7H8i9J0k',
      expires_at: '2026-12-09T10:30:00.000Z',
      reprint_of: null,
      reprint_reason: null,
      warnings: [],
      state_reasons: [],
      claim: null,
    },
  ],
} as const satisfies RestSchema

export const printAttemptAnswer = {
  title: 'PrintAttempt',
  type: 'object',
  required: [
    'object',
    'attempt',
    'printer',
    'started_at',
    'ended_at',
    'bytes_offered',
    'bytes_written',
    'outcome',
    'detail',
  ],
  properties: {
    object: { const: 'print_attempt' },
    attempt: { type: 'integer' },
    printer,
    started_at: time,
    ended_at: nullableTime,
    bytes_offered: { type: 'integer' },
    bytes_written: { type: 'integer' },
    outcome: { enum: [...ATTEMPT_OUTCOMES, null] },
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
