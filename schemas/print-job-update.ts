import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { identifier } from './identifier.ts'

/** `update` is the body of `POST /v1/cloud-printing/jobs/:id`: `{status, reason?}`, read by lib/print-jobs/job-report.ts. */
export const printJobUpdateSchema = {
  type: 'object',
  required: ['jobId', 'update'],
  properties: { jobId: identifier, update: { type: 'object' } },
} as const satisfies JSONSchema

export type PrintJobUpdateArgs = FromSchema<typeof printJobUpdateSchema>
