import { type Db, prepared, preparedOne, query, queryOne } from '../db/database.ts'
import type { Connection } from '../delivery/connection.ts'
import type {
  Printer,
  PrinterConfiguration,
  PrinterPool,
  PrinterState,
  PrinterStatus,
  StationStatus,
} from './printer.ts'
import type { ConnectionKind, Orientation, SocketLanguage } from './printer-capability.ts'
import { healthOf, type RoutingCandidate } from './routing.ts'
import { STATION_STATUS } from './station-store.ts'

export interface PrinterRow {
  printer_id: string
  name: string
  model: string | null
  code: string | null
  pool: PrinterPool | null
  location_id: string
  station_id: string
  station_name: string
  station_display_name: string
  station_status: StationStatus
  status: PrinterStatus
  state_reasons: string[]
  is_paused: boolean
  held_at: Date | null
  is_removed: boolean
  color_print: boolean
  double_sided: boolean
  orientations: Orientation[]
  priority: number | null
  page_sizes: string[]
  configuration: PrinterConfiguration
  connection: Connection
  queue_depth: number
  created_at: Date
  updated_at: Date
}

/** Each job reads all of its location's: what routing doesn't ask for, dates and JSON above all, would be most of the cost. */
type CandidateRow = Pick<
  PrinterRow,
  | 'printer_id'
  | 'name'
  | 'model'
  | 'pool'
  | 'station_id'
  | 'station_name'
  | 'station_display_name'
  | 'station_status'
  | 'status'
  | 'is_paused'
  | 'color_print'
  | 'double_sided'
  | 'orientations'
  | 'priority'
  | 'page_sizes'
  | 'queue_depth'
> & {
  version: string
  is_open_to_caller: boolean
} & ConnectionColumns

type ConnectionColumns =
  | { connection_type: 'socket'; language: SocketLanguage }
  | { connection_type: Exclude<ConnectionKind['type'], 'socket'>; language: null }

/** Every member decided. `position` is the place in the station's list, from 0. */
export interface PrinterInsert {
  readonly printerId: string
  readonly stationId: string
  readonly position: number
  readonly name: string
  readonly model: string | null
  readonly code: string | null
  readonly pool: PrinterPool | null
  readonly status: PrinterStatus
  readonly hasColor: boolean
  readonly hasDuplex: boolean
  readonly orientations: readonly Orientation[]
  readonly priority: number | null
  readonly pageSizes: readonly string[]
  readonly configuration: PrinterConfiguration
  readonly connection: Connection
}

const QUEUE_DEPTH = `(
  select coalesce(sum(print_job_counts.jobs), 0)::integer from print_job_counts
  where print_job_counts.printer_id = printers.printer_id
    and print_job_counts.status in ('queued', 'processing'))`

/**
 * A station whose client called once and then fell silent counts as offline (contracts/cloud-printing.md, "Routing").
 * The queue's depth is the sum of what is kept for totals (migrations/0022-print-job-counts.ts): counting the jobs would
 * make each new one dearer than the one before.
 */
export const PRINTER_COLUMNS = `
  printers.printer_id, printers.name, printers.model, printers.code, printers.pool, printers.status,
  printers.state_reasons, printers.is_paused, case when printers.is_paused then printers.held_at end as held_at,
  printers.deleted_at is not null as is_removed, printers.color_print,
  printers.double_sided, printers.orientations, printers.priority, printers.page_sizes, printers.configuration,
  printers.connection, printers.created_at, printers.updated_at,
  stations.station_id, stations.location_id, stations.name as station_name,
  stations.display_name as station_display_name,
  ${STATION_STATUS} as station_status,
  ${QUEUE_DEPTH} as queue_depth`

export const FROM_PRINTERS = `from printers join stations on stations.station_id = printers.station_id`

/** Not removed, of these stations, each station's in their order. */
export async function listPrinters(db: Db, stationIds: readonly string[]): Promise<Printer[]> {
  const rows = await query<PrinterRow>(
    db,
    `select ${PRINTER_COLUMNS} ${FROM_PRINTERS}
     where printers.station_id = any(:stationIds::text[]) and printers.deleted_at is null
     order by printers.station_id, printers.position`,
    { stationIds },
  )
  return rows.map(toPrinter)
}

/** Removed ones too: old jobs name them. */
export async function findPrinter(db: Db, printerId: string): Promise<Printer | undefined> {
  const row = await preparedOne<PrinterRow>(
    db,
    `select ${PRINTER_COLUMNS} ${FROM_PRINTERS} where printers.printer_id = :printerId::uuid`,
    { printerId },
  )
  return row && toPrinter(row)
}

/** The one in use; codes are unique among those. */
export async function findPrinterByCode(db: Db, code: string): Promise<Printer | undefined> {
  const row = await queryOne<PrinterRow>(
    db,
    `select ${PRINTER_COLUMNS} ${FROM_PRINTERS}
     where printers.code = :code::text and printers.deleted_at is null`,
    { code },
  )
  return row && toPrinter(row)
}

/** Printers of the location that are not removed; where there are more than `limit`, the oldest ones. */
export async function listCandidates(
  db: Db,
  options: { locationId: string; callerId: string; limit: number },
): Promise<RoutingCandidate[]> {
  const rows = await prepared<CandidateRow>(
    db,
    `select printers.printer_id, printers.xmin::text as version, printers.name, printers.model, printers.pool,
       printers.status, printers.is_paused, printers.color_print, printers.double_sided, printers.orientations, printers.priority, printers.page_sizes,
       printers.connection ->> 'type' as connection_type, printers.connection ->> 'language' as language,
       stations.station_id, stations.name as station_name, stations.display_name as station_display_name,
       ${STATION_STATUS} as station_status, ${QUEUE_DEPTH} as queue_depth,
       (stations.allow_all_users or :callerId::text = any(stations.allowed_users)) as is_open_to_caller
     ${FROM_PRINTERS}
     where stations.location_id = :locationId::text and printers.deleted_at is null
     order by printers.printer_id limit :limit::integer`,
    options,
  )
  return rows.map(toCandidate)
}

export async function insertPrinter(db: Db, printer: PrinterInsert): Promise<void> {
  await query(
    db,
    `insert into printers
       (printer_id, station_id, position, name, model, code, pool, status, color_print, double_sided, orientations,
        priority, page_sizes, configuration, connection)
     values
       (:printerId::uuid, :stationId, :position, :name, :model, :code, :pool, :status, :hasColor, :hasDuplex,
        :orientations::text[], :priority, :pageSizes::text[], :configuration::jsonb, :connection::jsonb)`,
    {
      ...printer,
      configuration: JSON.stringify(printer.configuration),
      connection: JSON.stringify(printer.connection),
    },
  )
}

/** Held until the transaction ends, so that each change follows the one before it. */
export async function lockPrinterState(
  db: Db,
  printerId: string,
): Promise<{ readonly state: PrinterState; readonly way: Connection['type'] } | undefined> {
  const row = await queryOne<Pick<PrinterRow, 'status' | 'state_reasons'> & { way: Connection['type'] }>(
    db,
    `select printers.status, printers.state_reasons, printers.connection ->> 'type' as way
     from printers where printers.printer_id = :printerId::uuid for no key update`,
    { printerId },
  )
  return row && { state: { status: row.status, stateReasons: row.state_reasons }, way: row.way }
}

/** The clock's time, not the transaction's start, which may lie before the change that it waited for. */
export async function updatePrinterState(db: Db, printerId: string, state: PrinterState): Promise<void> {
  await query(
    db,
    `update printers set status = :status, state_reasons = :stateReasons::text[], updated_at = clock_timestamp()
     where printer_id = :printerId::uuid`,
    { printerId, ...state },
  )
}

export function toPrinter(row: PrinterRow): Printer {
  return {
    printerId: row.printer_id,
    name: row.name,
    model: row.model,
    code: row.code,
    pool: row.pool,
    locationId: row.location_id,
    station: { stationId: row.station_id, name: row.station_name, displayName: row.station_display_name },
    status: row.status,
    stateReasons: row.state_reasons,
    isPaused: row.is_paused,
    heldAt: row.held_at,
    isRemoved: row.is_removed,
    isStationOffline: row.station_status === 'offline',
    health: healthOf({ status: row.status, stationStatus: row.station_status, isPaused: row.is_paused }),
    hasColor: row.color_print,
    hasDuplex: row.double_sided,
    orientations: row.orientations,
    priority: row.priority,
    pageSizes: row.page_sizes,
    configuration: row.configuration,
    connection: row.connection,
    queueDepth: row.queue_depth,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function toCandidate(row: CandidateRow): RoutingCandidate {
  return {
    id: row.printer_id,
    version: row.version,
    name: row.name,
    model: row.model,
    station: { id: row.station_id, name: row.station_name, displayName: row.station_display_name },
    isStationOpenToCaller: row.is_open_to_caller,
    pool: row.pool,
    status: row.status,
    stationStatus: row.station_status,
    isPaused: row.is_paused,
    queueDepth: row.queue_depth,
    priority: row.priority,
    connection: toKind(row),
    pageSizes: row.page_sizes,
    orientations: row.orientations,
    hasColor: row.color_print,
    hasDuplex: row.double_sided,
  }
}

/** Routing decisions are shown and kept: a password must not travel with them. */
function toKind({ connection_type: type, language }: ConnectionColumns): ConnectionKind {
  return type === 'socket' ? { type, language } : { type }
}
