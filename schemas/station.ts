import type { FromSchema } from 'json-schema-to-ts'
import { listProperties } from './list-query.ts'
import {
  type PrinterBody,
  printerBody,
  printerExample,
  printerProperties,
  printerRequired,
} from './printer.ts'
import { id, label, nullableString, nullableTime, type RestSchema, time } from './rest-values.ts'

/** Stations: contracts/cloud-printing.md, sections 5 and 6. */
const STATION_STATUSES = ['online', 'offline'] as const
const PRINTERS_MAX = 200
const ALLOWED_USERS_MAX = 1_000

const properties = {
  name: { ...label, description: 'Unique in its location' },
  location_id: id,
  display_name: { ...label, description: 'Default: the name' },
  code: { ...label, description: 'Unique' },
  status: { enum: STATION_STATUSES, description: 'Default: online' },
  device_token: label,
  allow_all_users: { type: 'boolean', description: 'Default: true' },
  allowed_users: {
    type: 'array',
    maxItems: ALLOWED_USERS_MAX,
    description: '`key_…`, `usr_…` or `{id}`: who may print here when not everyone may',
    items: { ...label, type: ['string', 'object'], required: ['id'], properties: { id: label } },
  },
  configuration: {
    type: 'object',
    properties: {
      pooling_enabled: { type: 'boolean', description: 'Printers of one model share one queue' },
    },
  },
  printers: { type: 'array', maxItems: PRINTERS_MAX, items: printerBody },
} as const satisfies Record<string, RestSchema>

export const stationCreateBody = {
  title: 'NewPrintStation',
  type: 'object',
  required: ['name', 'location_id'],
  properties,
  examples: [
    {
      name: 'Station-002',
      location_id: 'loc_0a1B2c3D4e5F6g7H8i9J0k',
      printers: [
        {
          name: 'Label',
          pool: 'LABEL',
          page_size: { label_4x6: true },
          connection: { type: 'socket', host: '192.0.2.7', port: 9100, language: 'zpl' },
        },
      ],
    },
  ],
} as const satisfies RestSchema

export const stationUpdateBody = {
  title: 'PrintStationChange',
  type: 'object',
  properties,
  examples: [{ display_name: 'Front desk' }],
} as const satisfies RestSchema

export interface StationBody {
  readonly name?: string
  readonly location_id?: string
  readonly display_name?: string
  readonly code?: string
  readonly status?: (typeof STATION_STATUSES)[number]
  readonly device_token?: string
  readonly allow_all_users?: boolean
  readonly allowed_users?: readonly (string | { readonly id: string })[]
  readonly configuration?: { readonly pooling_enabled?: boolean }
  readonly printers?: readonly PrinterBody[]
}

export const stationAnswer = {
  title: 'PrintStation',
  type: 'object',
  required: [
    'object',
    'id',
    'name',
    'display_name',
    'code',
    'status',
    'location_id',
    'location',
    'device_token',
    'allow_all_users',
    'allowed_users',
    'configuration',
    'printers',
    'last_seen_at',
    'created_at',
    'updated_at',
    'created_by',
    'updated_by',
  ],
  properties: {
    object: { const: 'print_station' },
    id: { type: 'string', description: '`prnt_stn_…`' },
    name: { type: 'string' },
    display_name: { type: 'string' },
    code: nullableString,
    status: { enum: STATION_STATUSES },
    location_id: { type: 'string' },
    location: {
      type: 'object',
      required: ['id', 'name', 'code'],
      properties: { id: { type: 'string' }, name: { type: 'string' }, code: nullableString },
    },
    device_token: { ...nullableString, description: 'Null to keys without `print_stations:write`' },
    allow_all_users: { type: 'boolean' },
    allowed_users: {
      type: 'array',
      items: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
    },
    configuration: {
      type: 'object',
      required: ['pooling_enabled'],
      properties: { pooling_enabled: { type: 'boolean' } },
    },
    printers: {
      type: 'array',
      items: { type: 'object', required: printerRequired, properties: printerProperties },
    },
    last_seen_at: { ...nullableTime, description: "A station client's last call; null: none ever" },
    created_at: time,
    updated_at: time,
    created_by: { type: 'string' },
    updated_by: { type: 'string' },
  },
  examples: [
    {
      object: 'print_station',
      id: 'prnt_stn_0a1B2c3D4e5F6g7H8i9J0k',
      name: 'Station-001',
      display_name: 'Front desk',
      code: 'STATION_001',
      status: 'online',
      location_id: 'loc_0a1B2c3D4e5F6g7H8i9J0k',
      location: { id: 'loc_0a1B2c3D4e5F6g7H8i9J0k', name: 'Bogotá', code: 'BOG' },
      device_token: null,
      allow_all_users: true,
      allowed_users: [],
      configuration: { pooling_enabled: false },
      printers: [printerExample],
      last_seen_at: null,
      created_at: '2026-11-25T08:30:00.000Z',
      updated_at: '2026-11-25T08:30:00.000Z',
      created_by: 'key_0a1B2c3D4e5F6g7H8i9J0k',
      updated_by: 'key_0a1B2c3D4e5F6g7H8i9J0k',
    },
  ],
} as const satisfies RestSchema

export const stationListQuery = {
  type: 'object',
  properties: { ...listProperties, location_id: id, status: { enum: STATION_STATUSES } },
} as const satisfies RestSchema

export type StationListQuery = FromSchema<typeof stationListQuery, { keepDefaultedPropertiesOptional: true }>

export const stationNextQuery = {
  type: 'object',
  properties: {
    wait: {
      type: 'integer',
      minimum: 0,
      maximum: 60,
      default: 25,
      description: 'Seconds to wait for a job when there is none',
    },
    printer_id: {
      type: 'string',
      pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
      description: 'That printer alone',
    },
  },
} as const satisfies RestSchema

export type StationNextQuery = FromSchema<typeof stationNextQuery, { keepDefaultedPropertiesOptional: true }>
