import { type Db, queryOne } from '../db/database.ts'

/** Where a station or printer stands, and whether the caller may use it. */
export interface Place {
  readonly stationId: string
  readonly locationId: string
  readonly isOpenToCaller: boolean
}

interface PlaceRow {
  station_id: string
  location_id: string
  is_open: boolean
}

const PLACE_COLUMNS = `stations.station_id, stations.location_id,
  (stations.allow_all_users or :callerId::text = any(stations.allowed_users)) as is_open`

export async function hasLocation(db: Db, locationId: string): Promise<boolean> {
  const row = await queryOne(db, 'select location_id from locations where location_id = :locationId::text', {
    locationId,
  })
  return row !== undefined
}

/** By id; not removed. */
export async function findStationPlace(
  db: Db,
  stationId: string,
  callerId: string,
): Promise<Place | undefined> {
  const row = await queryOne<PlaceRow>(
    db,
    `select ${PLACE_COLUMNS} from stations
     where stations.station_id = :stationId::text and stations.deleted_at is null`,
    { stationId, callerId },
  )
  return row && toPlace(row)
}

/** Of a printer that is not removed. */
export async function findPrinterPlace(
  db: Db,
  printerId: string,
  callerId: string,
): Promise<Place | undefined> {
  const row = await queryOne<PlaceRow>(
    db,
    `select ${PLACE_COLUMNS} from printers join stations on stations.station_id = printers.station_id
     where printers.printer_id = :printerId::uuid and printers.deleted_at is null`,
    { printerId, callerId },
  )
  return row && toPlace(row)
}

function toPlace(row: PlaceRow): Place {
  return { stationId: row.station_id, locationId: row.location_id, isOpenToCaller: row.is_open }
}
