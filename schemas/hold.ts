import { type RestSchema, time } from './rest-values.ts'

/** Of a printer and of a webhook. */
export const held = {
  type: ['object', 'null'],
  required: ['since', 'advice'],
  properties: { since: time, advice: { type: 'string', description: 'What to do about it' } },
  description: 'By `packhouse hold`, until `packhouse release`; null: it is not held',
} as const satisfies RestSchema
