import type { FromSchema } from 'json-schema-to-ts'
import { id, label, type RestSchema } from './rest-values.ts'

/** PostgreSQL's integer. */
const INTEGER_MAX = 2_147_483_647

/** contracts/cloud-printing.md, section 3, `configuration`; what is between members is checked by lib/transport/print-job-body.ts. */
const configuration = {
  type: 'object',
  properties: {
    copies: { type: 'integer', minimum: 1, maximum: 999 },
    color_print: { type: 'boolean' },
    double_sided: { type: 'boolean' },
    reverse_order: { type: 'boolean' },
    orientation: { enum: ['portrait', 'landscape'] },
    paper_size: { type: 'string' },
    print_all_pages: { type: 'boolean' },
    pages_to_print: { type: 'array', minItems: 1, maxItems: 1000, items: { type: 'string' } },
    scaling: { type: 'number', minimum: 0.1, maximum: 10 },
    total_pages: { type: 'integer', minimum: 1, maximum: INTEGER_MAX },
    expire_after: { type: 'integer', minimum: 1, maximum: 2_592_000 },
  },
} as const satisfies RestSchema

/** The body of `POST /v1/cloud-printing/jobs` and the argument of `print_job.create`, nulls taken out before. */
export const printJobCreateBody = {
  type: 'object',
  required: ['location_id', 'data'],
  properties: {
    location_id: id,
    data: { type: 'string' },
    print_station_id: id,
    printer_name: { type: 'string' },
    name: label,
    resource: {
      type: 'object',
      required: ['type', 'id'],
      properties: { type: label, id: label, document: label },
    },
    configuration,
    expires_at: { type: ['string', 'integer'] },
  },
} as const satisfies RestSchema

export type PrintJobCreateBody = FromSchema<typeof printJobCreateBody>

/** Arguments of `print_job.create`: the body is read as that of the REST interface is, which names every failing member. */
export const printJobCreateArgs = {
  type: 'object',
  required: ['job'],
  properties: { job: { type: 'object' } },
} as const satisfies RestSchema

export type PrintJobCreateArgs = FromSchema<typeof printJobCreateArgs>
