import type { StationSignal } from '../printers/station-signal.ts'
import { type Db, prepared } from './database.ts'

/** What processes tell each other about printers, by notifications that are sent when the transaction is committed. */
export const JOBS_CHANNEL = 'packhouse_jobs'
export const STATIONS_CHANNEL = 'packhouse_stations'
/** Jobs of thermal messages that have ended; sent by a trigger of the table. */
export const THERMAL_CHANNEL = 'packhouse_thermal'

/** Wakes the queues of those that Packhouse drives, and of printers that may share a queue with them. */
export async function wakePrinters(db: Db, printerIds: readonly string[]): Promise<void> {
  await Promise.all([...new Set(printerIds)].map((printerId) => wakePrinter(db, printerId)))
}

/** By one id: with a list PostgreSQL planned it anew each time, which took ten times as long as to run it. */
async function wakePrinter(db: Db, printerId: string): Promise<void> {
  await prepared(
    db,
    `select pg_notify(:channel::text, woken.printer_id::text)
     from printers as own
     join stations on stations.station_id = own.station_id
     join printers as woken on woken.station_id = own.station_id
       and (woken.printer_id = own.printer_id
         or (woken.deleted_at is null and stations.is_pooling_enabled and woken.model = own.model))
     where own.printer_id = :printerId::uuid and woken.connection ->> 'type' <> 'station'`,
    { channel: JOBS_CHANNEL, printerId },
  )
}

/** Wakes the others that may print the job: its own printer has just failed to. */
export async function wakeOthersForJob(db: Db, jobId: string): Promise<void> {
  await prepared(
    db,
    `select pg_notify(:channel::text, printers.printer_id::text)
     from print_jobs
     join printers as own on own.printer_id = print_jobs.printer_id
     join stations on stations.station_id = own.station_id and stations.is_pooling_enabled
     join printers on printers.station_id = own.station_id and printers.model = own.model
       and printers.printer_id <> own.printer_id
     where print_jobs.job_id = :jobId::text and printers.deleted_at is null
       and printers.connection ->> 'type' <> 'station'`,
    { channel: JOBS_CHANNEL, jobId },
  )
}

/** Tells the clients of the printer's station; nothing for a printer that Packhouse drives. */
export async function signalStation(
  db: Db,
  signal: Pick<StationSignal, 'event' | 'printerId' | 'jobId'>,
): Promise<void> {
  await prepared(
    db,
    `select pg_notify(:channel::text, json_build_object(
       'event', :event::text, 'stationId', stations.station_id, 'printerId', printers.printer_id, 'jobId', :jobId::text,
       'isPooled', stations.is_pooling_enabled)::text)
     from printers join stations on stations.station_id = printers.station_id
     where printers.printer_id = :printerId::uuid and printers.connection ->> 'type' = 'station'`,
    { channel: STATIONS_CHANNEL, ...signal },
  )
}
