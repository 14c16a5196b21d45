import { type Db, query, queryOne } from '../db/database.ts'
import { type ListPage, type ListQuery, mapListPage, queryListPage } from '../db/list-page.ts'
import type { Printer, PrinterPool, PrinterStatus } from './printer.ts'
import {
  FROM_PRINTERS,
  PRINTER_COLUMNS,
  type PrinterInsert,
  type PrinterRow,
  toPrinter,
} from './printer-store.ts'
import { STATION_STATUS } from './station-store.ts'

/** Null members: any. */
export interface PrinterFilter {
  readonly locationId: string | null
  readonly stationId: string | null
  readonly status: PrinterStatus | null
  readonly pool: PrinterPool | null
}

/** Ids of printers rise with creation. */
export async function listPrinterPage(
  db: Db,
  filter: PrinterFilter,
  list: ListQuery,
): Promise<ListPage<Printer>> {
  const sql = `
    select ${PRINTER_COLUMNS}, printers.printer_id as list_position ${FROM_PRINTERS}
    where printers.deleted_at is null
      and (:locationId::text is null or stations.location_id = :locationId::text)
      and (:stationId::text is null or stations.station_id = :stationId::text)
      and (:pool::text is null or printers.pool = :pool::text)
      and (:status::text is null or :status::text =
        case when ${STATION_STATUS} = 'offline' then 'offline' else printers.status end)`
  return mapListPage(await queryListPage<PrinterRow>(db, { sql, bindings: { ...filter } }, list), toPrinter)
}

/**
 * Everything of it but its name, which is what it was matched by. `status` null leaves what was found at the printer
 * meanwhile; its reasons go when it is reached in another way.
 */
export async function updatePrinter(
  trx: Db,
  printer: Omit<PrinterInsert, 'status'> & { readonly status: PrinterStatus | null },
): Promise<void> {
  await query(
    trx,
    `update printers
     set position = :position::integer, model = :model::text, code = :code::text, pool = :pool::text,
         status = coalesce(:status::text, status),
         state_reasons = case connection ->> 'type' when :connection::jsonb ->> 'type' then state_reasons else '{}' end,
         color_print = :hasColor::boolean,
         double_sided = :hasDuplex::boolean, orientations = :orientations::text[], priority = :priority::integer,
         page_sizes = :pageSizes::text[], configuration = :configuration::jsonb, connection = :connection::jsonb,
         updated_at = greatest(clock_timestamp(), updated_at + interval '1 millisecond')
     where printer_id = :printerId::uuid`,
    {
      ...printer,
      configuration: JSON.stringify(printer.configuration),
      connection: JSON.stringify(printer.connection),
    },
  )
}

/** So that printers of one list may exchange their codes. */
export async function clearPrinterCodes(trx: Db, printerIds: readonly string[]): Promise<void> {
  await query(trx, 'update printers set code = null where printer_id = any(:printerIds::uuid[])', {
    printerIds,
  })
}

/** The rows stay for old jobs. Waits for jobs that are being queued at them: whoever looks next sees those. */
export async function removePrinters(trx: Db, printerIds: readonly string[]): Promise<void> {
  await query(
    trx,
    `update printers
     set deleted_at = clock_timestamp(), updated_at = greatest(clock_timestamp(), updated_at + interval '1 millisecond')
     where printer_id = any(:printerIds::uuid[])`,
    { printerIds },
  )
}

/** False when it was so before, or the printer has been removed. */
export async function updatePaused(
  trx: Db,
  change: { readonly printerId: string; readonly isPaused: boolean; readonly isHeld: boolean },
): Promise<boolean> {
  const row = await queryOne(
    trx,
    `update printers
     set is_paused = :isPaused, held_at = case when :isHeld::boolean then clock_timestamp() end,
         updated_at = greatest(clock_timestamp(), updated_at + interval '1 millisecond')
     where printer_id = :printerId::uuid and is_paused <> :isPaused and deleted_at is null
     returning printer_id`,
    { ...change },
  )
  return row !== undefined
}
