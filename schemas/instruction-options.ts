import type { ExtendedJSONSchema, FromExtendedSchema } from 'json-schema-to-ts'
import { PRESENTATIONS } from '../lib/instructions/instruction.ts'
import { NOTE_LENGTH_MAX } from '../lib/instructions/instruction-note.ts'
import { PRINT_TARGETS } from '../lib/printers/print-target.ts'

/** Of lib/transport/rpc/rpc-validation.ts. */
export type Keywords = {
  storable: boolean
}

const EXTERNAL_ID_LENGTH_MAX = 191

/** `note` as an argument; whether one is needed, and that it isn't blank, is the business of lib/instructions. */
export const noteSchema = {
  type: ['string', 'null'],
  maxLength: NOTE_LENGTH_MAX,
  storable: true,
} as const

const externalIdSchema = {
  type: ['string', 'integer', 'null'],
  minLength: 1,
  maxLength: EXTERNAL_ID_LENGTH_MAX,
  storable: true,
} as const

/** Unions, since `""` and `[]` count as not given; lib/instructions/file-request.ts says what may be within. */
const fileRequestSchema = {
  type: ['object', 'array', 'string', 'null'],
  properties: {
    url: { type: ['string', 'null'] },
    auth: { description: 'user name and password' },
    headers: { description: 'names and values, at most 50' },
  },
  additionalProperties: false,
} as const

const ignored = { description: 'ignored' } as const

/** What a caller may send back of an entity, and what is ignored, whatever it holds. */
const IGNORED = {
  instruction_id: ignored,
  order_id: ignored,
  unique_id: ignored,
  copies_printed: ignored,
  confirmations: ignored,
} as const

export const editOptionsSchema = {
  type: 'object',
  properties: {
    ...IGNORED,
    note: noteSchema,
    presentation: { type: ['string', 'null'], enum: [...PRESENTATIONS, null] },
    print_target: { type: ['string', 'null'], enum: [...PRINT_TARGETS, null] },
    file_name: { type: ['string', 'null'] },
    file_content: { type: ['string', 'null'], description: 'base64' },
    file_request: fileRequestSchema,
  },
  additionalProperties: false,
} as const satisfies ExtendedJSONSchema<Keywords>

/** On `create`, and for each of `info.instructions` of order.create. */
export const createOptionsSchema = {
  type: 'object',
  properties: {
    ...editOptionsSchema.properties,
    external_id: externalIdSchema,
  },
  additionalProperties: false,
} as const satisfies ExtendedJSONSchema<Keywords>

export type EditOptions = FromExtendedSchema<Keywords, typeof editOptionsSchema>
export type CreateOptions = FromExtendedSchema<Keywords, typeof createOptionsSchema>
