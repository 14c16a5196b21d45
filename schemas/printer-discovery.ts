import type { FromSchema } from 'json-schema-to-ts'
import { nullableString, type RestSchema } from './rest-values.ts'

export const printerDiscoveryQuery = {
  type: 'object',
  properties: {
    wait: {
      type: 'integer',
      minimum: 1,
      maximum: 10,
      default: 3,
      description: 'Seconds to wait for answers',
    },
  },
} as const satisfies RestSchema
export type PrinterDiscoveryQuery = FromSchema<
  typeof printerDiscoveryQuery,
  { keepDefaultedPropertiesOptional: true }
>

const strings = { type: 'array', items: { type: 'string' } } as const satisfies RestSchema
const told = { type: ['boolean', 'null'], description: 'Null: it doesn’t say' } as const satisfies RestSchema

/** A printer of the network, as it describes itself. */
export const discoveredPrinterAnswer = {
  title: 'DiscoveredPrinter',
  type: 'object',
  required: [
    'object',
    'name',
    'model',
    'place',
    'uuid',
    'host',
    'port',
    'addresses',
    'formats',
    'color',
    'duplex',
    'connection',
    'port_allowed',
  ],
  properties: {
    object: { const: 'discovered_printer' },
    name: { type: 'string' },
    model: nullableString,
    place: { ...nullableString, description: 'Where it stands, as somebody wrote into it' },
    uuid: nullableString,
    host: { type: 'string' },
    port: { type: 'integer' },
    addresses: strings,
    formats: { ...strings, description: 'Media types; empty: it doesn’t say' },
    color: told,
    duplex: told,
    connection: { type: 'object', description: 'What a station’s printer may have as its `connection`' },
    port_allowed: { type: 'boolean', description: 'Its port is one of `PRINTER_PORTS`' },
  },
  examples: [
    {
      object: 'discovered_printer',
      name: 'Hall laser',
      model: 'Example Printer',
      place: 'Hall 2',
      uuid: 'f2bf57e3-28d8-3568-631a-337af6f39407',
      host: 'example.local',
      port: 631,
      addresses: ['192.0.2.8'],
      formats: ['application/pdf', 'image/jpeg'],
      color: true,
      duplex: true,
      connection: { type: 'ipp', uri: 'ipp://192.0.2.8:631/ipp/print' },
      port_allowed: true,
    },
  ],
} as const satisfies RestSchema
