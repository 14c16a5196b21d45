import type { FromSchema } from 'json-schema-to-ts'
import { listProperties } from './list-query.ts'
import { id, type RestSchema } from './rest-values.ts'

/** The query of `GET /v1/cloud-printing/jobs`: contracts/cloud-printing.md, sections 1 and 2. */
export const printJobListQuery = {
  type: 'object',
  properties: {
    ...listProperties,
    location_id: id,
    status: { enum: ['queued', 'processing', 'completed', 'failed', 'canceled'] },
    print_station_id: id,
    printer_id: {
      type: 'string',
      pattern: '^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$',
    },
    resource_type: id,
    resource_id: id,
  },
} as const satisfies RestSchema

export type PrintJobListQuery = FromSchema<typeof printJobListQuery>

/** Arguments of `print_job.list`: the query as an object, its values as in a URL or as JSON has them. */
export const printJobListArgs = {
  type: 'object',
  properties: { query: { type: 'object' } },
} as const satisfies RestSchema

export type PrintJobListArgs = FromSchema<typeof printJobListArgs>
