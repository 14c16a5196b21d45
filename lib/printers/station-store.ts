import { type Db, query, queryOne } from '../db/database.ts'
import type { Station, StationStatus } from './printer.ts'

interface StationRow {
  station_id: string
  location_id: string
  location_name: string
  location_code: string | null
  name: string
  display_name: string
  code: string | null
  status: StationStatus
  device_token: string | null
  allow_all_users: boolean
  allowed_users: string[]
  is_pooling_enabled: boolean
  last_seen_at: Date | null
  created_by: string
  updated_by: string
  created_at: Date
  updated_at: Date
}

/** Every member decided; `createdBy` is a `usr_…` or `key_…`. */
export interface StationInsert {
  readonly stationId: string
  readonly locationId: string
  readonly name: string
  readonly displayName: string
  readonly code: string | null
  readonly status: StationStatus
  readonly deviceToken: string | null
  readonly allowAllUsers: boolean
  readonly allowedUsers: readonly string[]
  readonly isPoolingEnabled: boolean
  readonly createdBy: string
}

const SELECT_STATIONS = `
  select stations.station_id, stations.location_id, locations.name as location_name, locations.code as location_code,
    stations.name, stations.display_name, stations.code, stations.status, stations.device_token,
    stations.allow_all_users, stations.allowed_users, stations.is_pooling_enabled, stations.last_seen_at,
    stations.created_by, stations.updated_by, stations.created_at, stations.updated_at
  from stations join locations on locations.location_id = stations.location_id`

/** False when there is no such location. */
export async function insertStation(db: Db, station: StationInsert): Promise<boolean> {
  const row = await queryOne<{ station_id: string }>(
    db,
    `insert into stations
       (station_id, location_id, name, display_name, code, status, device_token, allow_all_users, allowed_users,
        is_pooling_enabled, created_by, updated_by)
     select :stationId::text, locations.location_id, :name::text, :displayName::text, :code::text, :status::text,
       :deviceToken::text, :allowAllUsers::boolean, :allowedUsers::text[], :isPoolingEnabled::boolean,
       :createdBy::text, :createdBy::text
     from locations where locations.location_id = :locationId::text
     returning station_id`,
    { ...station },
  )
  return row !== undefined
}

/** By id, else by code; not removed. */
export async function findStation(db: Db, idOrCode: string): Promise<Station | undefined> {
  const row = await queryOne<StationRow>(
    db,
    `${SELECT_STATIONS}
     where (stations.station_id = :idOrCode::text or stations.code = :idOrCode::text) and stations.deleted_at is null
     order by stations.station_id = :idOrCode::text desc limit 1`,
    { idOrCode },
  )
  return row && toStation(row)
}

/** Not removed, by name; `locationId` null: of every location. */
export async function listStations(
  db: Db,
  { locationId, limit }: { locationId: string | null; limit: number },
): Promise<Station[]> {
  const rows = await query<StationRow>(
    db,
    `${SELECT_STATIONS}
     where stations.deleted_at is null and (:locationId::text is null or stations.location_id = :locationId::text)
     order by stations.name, stations.station_id limit :limit::integer`,
    { locationId, limit },
  )
  return rows.map(toStation)
}

function toStation(row: StationRow): Station {
  return {
    stationId: row.station_id,
    location: { locationId: row.location_id, name: row.location_name, code: row.location_code },
    name: row.name,
    displayName: row.display_name,
    code: row.code,
    status: row.status,
    deviceToken: row.device_token,
    allowAllUsers: row.allow_all_users,
    allowedUsers: row.allowed_users,
    isPoolingEnabled: row.is_pooling_enabled,
    lastSeenAt: row.last_seen_at,
    createdBy: row.created_by,
    updatedBy: row.updated_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
