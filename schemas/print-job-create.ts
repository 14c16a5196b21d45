import type { FromSchema } from 'json-schema-to-ts'
import { id, label, type RestSchema } from './rest-values.ts'

/** PostgreSQL's integer. */
const INTEGER_MAX = 2_147_483_647
export const PAGE_RANGES_MAX = 1000

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
    pages_to_print: { type: 'array', minItems: 1, maxItems: PAGE_RANGES_MAX, items: { type: 'string' } },
    scaling: { type: 'number', minimum: 0.1, maximum: 10 },
    total_pages: { type: 'integer', minimum: 1, maximum: INTEGER_MAX },
    expire_after: { type: 'integer', minimum: 1, maximum: 2_592_000 },
  },
} as const satisfies RestSchema

/** The body of `POST /v1/cloud-printing/jobs` and the argument of `print_job.create`, nulls taken out before. */
export const printJobCreateBody = {
  title: 'NewPrintJob',
  type: 'object',
  required: ['location_id', 'data'],
  properties: {
    location_id: id,
    data: { type: 'string', description: 'An http(s) URL, or a data URI in base64' },
    print_station_id: id,
    printer_name: label,
    name: label,
    resource: {
      type: 'object',
      required: ['type', 'id'],
      properties: { type: label, id: label, document: label },
    },
    configuration,
    expires_at: { type: ['string', 'integer'], description: 'In the future; default 14 days from now' },
  },
  examples: [
    {
      location_id: 'loc_0a1B2c3D4e5F6g7H8i9J0k',
      data: 'https://example.com/document.pdf',
      name: 'Invoice #12345',
      resource: { type: 'shipment', id: 'shp_abc123', document: 'shipping_label' },
      configuration: { copies: 1, double_sided: true, paper_size: 'page_size_letter' },
    },
  ],
} as const satisfies RestSchema

export type PrintJobCreateBody = FromSchema<typeof printJobCreateBody>

/** Arguments of `print_job.create`: the body is read as that of the REST interface is, which names every failing member. */
export const printJobCreateArgs = {
  type: 'object',
  required: ['job'],
  properties: { job: { type: 'object' } },
} as const satisfies RestSchema

export type PrintJobCreateArgs = FromSchema<typeof printJobCreateArgs>
