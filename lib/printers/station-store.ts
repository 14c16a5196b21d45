import { type Db, preparedOne, query, queryOne } from '../db/database.ts'
import { type ListPage, type ListQuery, mapListPage, queryListPage } from '../db/list-page.ts'
import { isUniqueViolation } from '../db/transaction.ts'
import { ConflictError } from '../errors.ts'
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
  is_silent: boolean
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

/** A client called once and then fell silent: contracts/cloud-printing.md, "Routing". Null when none ever called. */
export const IS_SILENT = `stations.last_seen_at < now() - interval '90 seconds'`
/** The status that a station answers with. */
export const STATION_STATUS = `case when ${IS_SILENT} then 'offline' else stations.status end`

const SELECT_STATIONS = `
  select stations.station_id, stations.location_id, locations.name as location_name, locations.code as location_code,
    stations.name, stations.display_name, stations.code, stations.status, coalesce(${IS_SILENT}, false) as is_silent,
    stations.device_token,
    stations.allow_all_users, stations.allowed_users, stations.is_pooling_enabled, stations.last_seen_at,
    stations.created_by, stations.updated_by, stations.created_at, stations.updated_at,
    stations.list_position
  from stations join locations on locations.location_id = stations.location_id`

/** False when there is no such location. Throws ConflictError with reason `taken`. */
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
  ).catch((error: unknown) => refuseTaken(error, station))
  return row !== undefined
}

/** Locked until the transaction ends, so that changes and claims of one station follow each other. */
export async function lockStation(trx: Db, stationId: string): Promise<Station | undefined> {
  const row = await queryOne<StationRow>(
    trx,
    `${SELECT_STATIONS} where stations.station_id = :stationId::text and stations.deleted_at is null
     for no key update of stations`,
    { stationId },
  )
  return row && toStation(row)
}

/** Throws ConflictError with reason `taken`. The station is locked by the caller. */
export async function updateStation(
  trx: Db,
  { createdBy: updatedBy, ...station }: StationInsert,
): Promise<void> {
  await query(
    trx,
    `update stations
     set location_id = :locationId::text, name = :name::text, display_name = :displayName::text, code = :code::text,
         status = :status::text, device_token = :deviceToken::text, allow_all_users = :allowAllUsers::boolean,
         allowed_users = :allowedUsers::text[], is_pooling_enabled = :isPoolingEnabled::boolean,
         updated_by = :updatedBy::text,
         updated_at = greatest(clock_timestamp(), updated_at + interval '1 millisecond')
     where station_id = :stationId::text`,
    { ...station, updatedBy },
  ).catch((error: unknown) => refuseTaken(error, station))
}

/** The row stays for old jobs; its name and code are free again. */
export async function removeStation(trx: Db, stationId: string, removedBy: string): Promise<void> {
  await query(
    trx,
    `update stations
     set deleted_at = clock_timestamp(), updated_by = :removedBy::text,
         updated_at = greatest(clock_timestamp(), updated_at + interval '1 millisecond')
     where station_id = :stationId::text`,
    { stationId, removedBy },
  )
}

function refuseTaken(error: unknown, { name, code }: Pick<StationInsert, 'name' | 'code'>): never {
  if (isUniqueViolation(error, 'stations_location_id_name_key')) {
    throw new ConflictError('station', 'taken', `station name ${name} is taken`, { field: 'name' })
  }
  if (isUniqueViolation(error, 'stations_code_key')) {
    throw new ConflictError('station', 'taken', `station code ${code} is taken`, { field: 'code' })
  }
  throw error
}

/** By id, else by code; not removed. */
export async function findStation(db: Db, idOrCode: string): Promise<Station | undefined> {
  const row = await preparedOne<StationRow>(
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

/** Null members: any. */
export interface StationFilter {
  readonly locationId: string | null
  readonly status: StationStatus | null
}

export async function listStationPage(
  db: Db,
  filter: StationFilter,
  list: ListQuery,
): Promise<ListPage<Station>> {
  const sql = `${SELECT_STATIONS}
    where stations.deleted_at is null
      and (:locationId::text is null or stations.location_id = :locationId::text)
      and (:status::text is null or ${STATION_STATUS} = :status::text)`
  return mapListPage(await queryListPage<StationRow>(db, { sql, bindings: { ...filter } }, list), toStation)
}

function toStation(row: StationRow): Station {
  return {
    stationId: row.station_id,
    location: { locationId: row.location_id, name: row.location_name, code: row.location_code },
    name: row.name,
    displayName: row.display_name,
    code: row.code,
    status: row.status,
    isSilent: row.is_silent,
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
