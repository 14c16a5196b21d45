import type { FromSchema, JSONSchema } from 'json-schema-to-ts'

export const warehouseListArgs = { type: 'object', properties: {} } as const satisfies JSONSchema

export type WarehouseListArgs = FromSchema<typeof warehouseListArgs>
