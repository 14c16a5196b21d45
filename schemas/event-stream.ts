import type { FromSchema } from 'json-schema-to-ts'
import { id, type RestSchema } from './rest-values.ts'

export const eventStreamParameters = {
  type: 'object',
  properties: {
    topics: {
      type: 'string',
      description: 'Separated by commas: types of events, families such as `order_instruction.*`, or `*`',
    },
    location_id: id,
  },
} as const satisfies RestSchema

export type EventStreamParameters = FromSchema<typeof eventStreamParameters>
