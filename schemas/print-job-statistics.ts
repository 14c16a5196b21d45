import type { FromSchema } from 'json-schema-to-ts'
import { id, queryInstant, type RestSchema, time } from './rest-values.ts'

/** A week: what one look may count. */
const HOURS_MAX = 168
export const HOURS_DEFAULT = 24

export const printJobStatisticsQuery = {
  type: 'object',
  properties: {
    location_id: id,
    from: {
      ...queryInstant,
      description: 'Where the first hour begins; default: so that the last one is the present one',
    },
    hours: { type: 'integer', minimum: 1, maximum: HOURS_MAX, description: `Default ${HOURS_DEFAULT}` },
  },
} as const satisfies RestSchema

export type PrintJobStatisticsQuery = FromSchema<typeof printJobStatisticsQuery>

const count = { type: 'integer' } as const

export const printJobStatisticsAnswer = {
  title: 'PrintJobStatistics',
  type: 'object',
  description: 'One hour: how many jobs were made in it, and what has become of them',
  required: ['object', 'from', 'jobs', 'queued', 'processing', 'completed', 'failed', 'canceled'],
  properties: {
    object: { const: 'print_job_statistics' },
    from: time,
    jobs: count,
    queued: count,
    processing: count,
    completed: count,
    failed: count,
    canceled: count,
  },
  examples: [
    {
      object: 'print_job_statistics',
      from: '2026-11-25T10:00:00.000Z',
      jobs: 42,
      queued: 1,
      processing: 1,
      completed: 38,
      failed: 1,
      canceled: 1,
    },
  ],
} as const satisfies RestSchema
