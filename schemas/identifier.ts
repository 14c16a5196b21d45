import type { JSONSchema } from 'json-schema-to-ts'

/** Names something that exists, or nothing: `100000309` is `"100000309"` (contracts/rpc.md, section 4). */
export const identifier = { type: ['string', 'number'] } as const satisfies JSONSchema
