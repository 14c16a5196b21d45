import type { FromSchema } from 'json-schema-to-ts'
import { held } from './hold.ts'
import { listProperties } from './list-query.ts'
import { id, label, nullableString, type RestSchema, time } from './rest-values.ts'

/** Printers: contracts/cloud-printing.md, section 5, and running.md, "Administration". */
export const POOLS = ['LASER', 'LABEL', 'SMALL_LABEL', 'RECEIPT'] as const
const PRINTER_STATUSES = ['online', 'offline', 'busy', 'error'] as const
const LANGUAGES = ['zpl', 'escpos', 'pdf', 'raw'] as const
const ZPL_GRAPHICS = ['z64', 'ascii'] as const

const text = { type: 'string', storable: true, trimmedLength: [0, 191] } as const satisfies RestSchema
const flag = { type: 'boolean' } as const satisfies RestSchema

/** Members beyond these are ignored: lib/thermal/thermal-settings-check.ts says what is wrong with these. */
export const THERMAL_MEMBERS = [
  'paper_width_mm',
  'code_page',
  'encoding',
  'cut',
  'beep',
  'open_drawer',
  'drawer_pin',
  'copy_to',
  'status_check',
  'locale',
  'currency',
  'time_zone',
  'language',
] as const

const configuration = {
  type: 'object',
  properties: {
    dpi: text,
    speed: text,
    color_print: flag,
    double_sided: flag,
    spooling: flag,
    port: { type: 'integer', minimum: 0, maximum: 65_535 },
    priority: { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 },
    type: text,
    orientations: { type: 'array', maxItems: 10, items: { enum: ['portrait', 'landscape'] } },
    thermal: { type: 'object', description: 'Settings of a receipt printer' },
    zpl_graphics: {
      enum: ZPL_GRAPHICS,
      description: 'How pictures are written in ZPL: `ascii` for old firmware; default `z64`',
    },
  },
} as const satisfies RestSchema

/** A certificate chain of some authorities. */
const CA_LENGTH_MAX = 65_536

const connectionProperties = {
  type: { enum: ['station', 'socket', 'ipp', 'virtual'] },
  host: { type: 'string' },
  port: { type: 'integer', minimum: 1, maximum: 65_535 },
  language: { enum: LANGUAGES },
  uri: { type: 'string' },
  username: { ...text, description: 'At the printer' },
  password: { ...text, description: 'Never answered; stays while `uri` and `username` do' },
  ca: { type: 'string', maxLength: CA_LENGTH_MAX, description: 'PEM' },
} as const satisfies Record<string, RestSchema>

export const connectionBody = {
  type: 'object',
  required: ['type'],
  description:
    '`station`: a station client fetches and reports the job; `socket`: `host`, `port`, `language`; `ipp`: `uri`, ' +
    'perhaps `username`, `password`, `ca`; `virtual`: a folder of the server',
  properties: connectionProperties,
  allOf: [
    {
      if: { type: 'object', required: ['type'], properties: { type: { const: 'socket' } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { required: ['host', 'port', 'language'], properties: connectionProperties },
    },
    {
      if: { type: 'object', required: ['type'], properties: { type: { const: 'ipp' } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { required: ['uri'], properties: connectionProperties },
    },
  ],
} as const satisfies RestSchema

export const printerBody = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { ...label, description: 'Unique in the list' },
    model: text,
    status: {
      enum: PRINTER_STATUSES,
      description: 'Of `socket` and `ipp` printers Packhouse finds it itself',
    },
    configuration,
    page_size: {
      type: 'object',
      description: '`{"label_4x6": true}`: keys of the registry of paper sizes',
      additionalProperties: flag,
    },
    code: { ...label, description: 'Unique: the `PrinterId` of thermal jobs' },
    pool: { enum: POOLS },
    connection: connectionBody,
  },
} as const satisfies RestSchema

export interface PrinterBody {
  readonly name: string
  readonly model?: string
  readonly status?: (typeof PRINTER_STATUSES)[number]
  readonly configuration?: FromSchema<typeof configuration>
  readonly page_size?: Readonly<Record<string, boolean>>
  readonly code?: string
  readonly pool?: (typeof POOLS)[number]
  readonly connection?: ConnectionBody
}

export interface ConnectionBody {
  readonly type: 'station' | 'socket' | 'ipp' | 'virtual'
  readonly host?: string
  readonly port?: number
  readonly language?: (typeof LANGUAGES)[number]
  readonly uri?: string
  readonly username?: string
  readonly password?: string
  readonly ca?: string
}

const strings = { type: 'array', items: { type: 'string' } } as const satisfies RestSchema

export const printerRequired = [
  'object',
  'id',
  'name',
  'model',
  'code',
  'pool',
  'status',
  'paused',
  'held',
  'state_reasons',
  'queue_depth',
  'configuration',
  'page_size',
  'connection',
  'created_at',
  'updated_at',
] as const

export const printerProperties = {
  object: { const: 'printer' },
  id: { type: 'string', format: 'uuid' },
  name: { type: 'string' },
  model: nullableString,
  code: nullableString,
  pool: { enum: [...POOLS, null] },
  status: { enum: PRINTER_STATUSES },
  paused: { type: 'boolean', description: 'It takes jobs and prints none' },
  held: { ...held, description: `Why it is paused. ${held.description}` },
  state_reasons: { ...strings, description: 'What is the matter with it: `media-empty`' },
  queue_depth: { type: 'integer', description: 'Queued and processing jobs' },
  configuration: { type: 'object' },
  page_size: { type: 'object', additionalProperties: { type: 'boolean' } },
  connection: {
    type: 'object',
    required: ['type'],
    properties: connectionProperties,
    description: 'Without its password',
  },
  created_at: time,
  updated_at: time,
} as const satisfies Record<string, RestSchema>

export const printerExample = {
  object: 'printer',
  id: '019abcde-1234-7abc-8def-0123456789ab',
  name: 'Label',
  model: 'ZD421',
  code: null,
  pool: 'LABEL',
  status: 'online',
  paused: false,
  held: null,
  state_reasons: [],
  queue_depth: 0,
  configuration: {
    dpi: '203',
    speed: null,
    color_print: false,
    double_sided: false,
    spooling: false,
    port: null,
    priority: null,
    type: null,
    orientations: ['portrait', 'landscape'],
    thermal: null,
  },
  page_size: { label_4x6: true },
  connection: { type: 'socket', host: '192.0.2.7', port: 9100, language: 'zpl' },
  created_at: '2026-11-25T08:30:00.000Z',
  updated_at: '2026-11-25T08:30:00.000Z',
}

/** A printer by itself: with its place. */
export const printerAnswer = {
  title: 'Printer',
  type: 'object',
  required: [...printerRequired, 'location_id', 'station'],
  properties: {
    ...printerProperties,
    location_id: { type: 'string' },
    station: {
      type: 'object',
      required: ['id', 'name', 'display_name'],
      properties: {
        id: { type: 'string' },
        name: { type: 'string' },
        display_name: { type: 'string' },
      },
    },
  },
  examples: [
    {
      ...printerExample,
      location_id: 'loc_0a1B2c3D4e5F6g7H8i9J0k',
      station: { id: 'prnt_stn_0a1B2c3D4e5F6g7H8i9J0k', name: 'Station-001', display_name: 'Station-001' },
    },
  ],
} as const satisfies RestSchema

export const printerListQuery = {
  type: 'object',
  properties: {
    ...listProperties,
    location_id: id,
    print_station_id: id,
    status: { enum: PRINTER_STATUSES },
    pool: { enum: POOLS },
  },
} as const satisfies RestSchema

export type PrinterListQuery = FromSchema<typeof printerListQuery, { keepDefaultedPropertiesOptional: true }>
