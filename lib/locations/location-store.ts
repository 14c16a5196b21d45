import { type Db, query, queryOne } from '../db/database.ts'
import { type ListPage, type ListQuery, mapListPage, queryListPage } from '../db/list-page.ts'
import { isForeignKeyViolation, isUniqueViolation } from '../db/transaction.ts'
import { ConflictError } from '../errors.ts'
import type { Location, LocationSettings } from './location.ts'

interface LocationRow {
  location_id: string
  warehouse_id: string
  name: string
  code: string | null
  locale: string | null
  currency: string | null
  time_zone: string | null
  language: string | null
  created_at: Date
  updated_at: Date
}

const SELECT_LOCATIONS = `
  select locations.location_id, locations.warehouse_id, locations.name, locations.code, locations.locale,
    locations.currency, locations.time_zone, locations.language, locations.created_at, locations.updated_at,
    locations.list_position
  from locations`

export async function findLocation(db: Db, locationId: string): Promise<Location | undefined> {
  const row = await queryOne<LocationRow>(
    db,
    `${SELECT_LOCATIONS} where locations.location_id = :locationId`,
    {
      locationId,
    },
  )
  return row && toLocation(row)
}

/** `locationId` null: every one. */
export async function listLocations(
  db: Db,
  locationId: string | null,
  list: ListQuery,
): Promise<ListPage<Location>> {
  const sql = `${SELECT_LOCATIONS} where :locationId::text is null or locations.location_id = :locationId::text`
  return mapListPage(
    await queryListPage<LocationRow>(db, { sql, bindings: { locationId } }, list),
    toLocation,
  )
}

/** Locked until the transaction ends. */
export async function lockLocation(db: Db, locationId: string): Promise<Location | undefined> {
  const row = await queryOne<LocationRow>(
    db,
    `${SELECT_LOCATIONS} where locations.location_id = :locationId for no key update`,
    { locationId },
  )
  return row && toLocation(row)
}

/** Throws ConflictError with reason `taken`. */
export async function insertLocation(db: Db, locationId: string, settings: LocationSettings): Promise<void> {
  await query(
    db,
    `insert into locations (location_id, name, code, locale, currency, time_zone, language)
     values (:locationId, :name, :code, :locale, :currency, :timeZone, :language)`,
    { ...settings, locationId },
  ).catch((error: unknown) => refuseTaken(error, settings.code))
}

/** Throws ConflictError with reason `taken`. */
export async function updateLocation(db: Db, locationId: string, settings: LocationSettings): Promise<void> {
  await query(
    db,
    `update locations set name = :name, code = :code, locale = :locale, currency = :currency, time_zone = :timeZone,
       language = :language, updated_at = now()
     where location_id = :locationId`,
    { ...settings, locationId },
  ).catch((error: unknown) => refuseTaken(error, settings.code))
}

/** Deleted users and keys forget it. Throws ConflictError with reason `in_use` when anything else refers to it. */
export async function deleteLocation(db: Db, locationId: string): Promise<void> {
  await query(
    db,
    'update users set location_id = null where location_id = :locationId and deleted_at is not null',
    {
      locationId,
    },
  )
  await query(
    db,
    `update api_keys set limit_to_location = null
     where limit_to_location = :locationId and deleted_at is not null`,
    { locationId },
  )
  await query(db, 'delete from locations where location_id = :locationId', { locationId }).catch(
    (error: unknown) => {
      if (!isForeignKeyViolation(error)) throw error
      const what = 'stations, shipments, print jobs, users or API keys'
      throw new ConflictError('location', 'in_use', `The location has ${what}, or had stations`)
    },
  )
}

function refuseTaken(error: unknown, code: string | null): never {
  if (!isUniqueViolation(error, 'locations_code_key')) throw error
  throw new ConflictError('location', 'taken', `Location code ${code} is taken`, { field: 'code' })
}

function toLocation(row: LocationRow): Location {
  return {
    locationId: row.location_id,
    warehouseId: Number(row.warehouse_id),
    name: row.name,
    code: row.code,
    locale: row.locale,
    currency: row.currency,
    timeZone: row.time_zone,
    language: row.language,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
