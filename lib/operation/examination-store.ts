import { type Db, query, queryOne } from '../db/database.ts'
import type { Connection } from '../delivery/connection.ts'

export interface DatabaseFacts {
  /** As `server_version_num`: 150018 is 15.18. */
  readonly versionNumber: number
  readonly version: string
  /** Without those that PostgreSQL keeps for superusers. */
  readonly connectionsMax: number
  /** Of all databases and users of the server. */
  readonly connectionsUsed: number
  readonly sizeBytes: number
  /** The server's clock. */
  readonly now: Date
}

/** Of other users' sessions PostgreSQL tells a user that they are there, but not of which type. */
export async function getDatabaseFacts(db: Db): Promise<DatabaseFacts> {
  const row = await queryOne<{
    version_number: number
    version: string
    connections_max: number
    connections_used: number
    size_bytes: string
    now: Date
  }>(
    db,
    `select current_setting('server_version_num')::integer as version_number, current_setting('server_version') as version,
            current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
              - coalesce(current_setting('reserved_connections', true)::integer, 0) as connections_max,
            (select count(*)::integer from pg_stat_activity where datid is not null and usesysid is not null
             and coalesce(backend_type, 'client backend') = 'client backend') as connections_used,
            pg_database_size(current_database()) as size_bytes, clock_timestamp() as now`,
  )
  if (!row) throw new Error('a select without a table has a row')
  return {
    versionNumber: row.version_number,
    version: row.version,
    connectionsMax: row.connections_max,
    connectionsUsed: row.connections_used,
    sizeBytes: Number(row.size_bytes),
    now: row.now,
  }
}

export interface PrinterFacts {
  readonly name: string
  readonly connection: Connection
  readonly isPaused: boolean
  /** It was `packhouse hold` that paused it. */
  readonly isHeld: boolean
  readonly stateReasons: readonly string[]
  readonly queueDepth: number
  /** Seconds since its station's client was heard; null: never, or the printer has none. */
  readonly silentSeconds: number | null
}

/** How many printers there are that are not removed. */
export async function countPrinters(db: Db): Promise<number> {
  const row = await queryOne<{ count: number }>(
    db,
    `select count(*)::integer as count from printers join stations on stations.station_id = printers.station_id
     where printers.deleted_at is null and stations.deleted_at is null`,
  )
  return row?.count ?? 0
}

/** Printers that are not removed, by name. */
export async function listPrinterFacts(db: Db, limit: number): Promise<readonly PrinterFacts[]> {
  const rows = await query<{
    name: string
    connection: Connection
    is_paused: boolean
    is_held: boolean
    state_reasons: readonly string[]
    queue_depth: number
    silent_seconds: number | null
  }>(
    db,
    `select printers.name, printers.connection, printers.is_paused, printers.state_reasons,
            printers.is_paused and printers.held_at is not null as is_held,
            (select count(*)::integer from print_jobs where print_jobs.printer_id = printers.printer_id
             and print_jobs.status in ('queued', 'processing')) as queue_depth,
            extract(epoch from clock_timestamp() - stations.last_seen_at)::integer as silent_seconds
     from printers join stations on stations.station_id = printers.station_id
     where printers.deleted_at is null and stations.deleted_at is null
     order by printers.name, printers.printer_id limit :limit`,
    { limit },
  )
  return rows.map((row) => ({
    name: row.name,
    connection: row.connection,
    isPaused: row.is_paused,
    isHeld: row.is_held,
    stateReasons: row.state_reasons,
    queueDepth: row.queue_depth,
    silentSeconds: row.silent_seconds,
  }))
}

export interface QueueFacts {
  readonly queued: number
  /** The queued job that has waited longest; null without one. */
  readonly oldest: { readonly seconds: number; readonly printerName: string } | null
  /** Of those at printers that nobody has paused; 0 without one. */
  readonly oldestUnpausedSeconds: number
  /** Jobs that failed in the last day, whenever they were made, that may have printed, and of which nobody has said whether they did. */
  readonly unknownOutcomes: number
  readonly disabledWebhooks: number
  /** By `packhouse hold`. */
  readonly heldPrinters: number
  readonly heldWebhooks: number
  /** The first of them; null without one. */
  readonly heldSince: Date | null
}

export async function getQueueFacts(db: Db): Promise<QueueFacts> {
  const row = await queryOne<{
    queued: number
    oldest_seconds: number | null
    oldest_printer: string | null
    unpaused_seconds: number | null
    unknown_outcomes: number
    disabled_webhooks: number
    held_printers: number
    held_webhooks: number
    held_since: Date | null
  }>(
    db,
    `with held_printers as (
       select held_at from printers where held_at is not null and is_paused and deleted_at is null
     ), held_webhooks as (
       select held_at from webhooks where held_at is not null and deleted_at is null
     ), waiting as (
       select printers.name, printers.is_paused, print_jobs.queue_position,
         extract(epoch from clock_timestamp() - print_jobs.created_at)::integer as seconds
       from print_jobs join printers on printers.printer_id = print_jobs.printer_id
       where print_jobs.status = 'queued'
     ), oldest as (
       select seconds, name from waiting order by seconds desc, queue_position limit 1
     )
     select (select count(*)::integer from waiting) as queued,
            (select seconds from oldest) as oldest_seconds, (select name from oldest) as oldest_printer,
            (select max(seconds) from waiting where not is_paused) as unpaused_seconds,
            (select count(*)::integer from print_jobs where status = 'failed'
             and updated_at > (select clock_timestamp() - interval '1 day')
             and (reason like 'outcome-unknown%' or reason like 'claim-timeout%')) as unknown_outcomes,
            (select count(*)::integer from webhooks where status = 'disabled' and deleted_at is null) as disabled_webhooks,
            (select count(*)::integer from held_printers) as held_printers,
            (select count(*)::integer from held_webhooks) as held_webhooks,
            (select min(held_at) from (table held_printers union all table held_webhooks) as held) as held_since`,
  )
  if (!row) throw new Error('a select without a table has a row')
  const { oldest_seconds: seconds, oldest_printer: printerName } = row
  return {
    queued: row.queued,
    oldest: seconds === null || printerName === null ? null : { seconds, printerName },
    oldestUnpausedSeconds: row.unpaused_seconds ?? 0,
    unknownOutcomes: row.unknown_outcomes,
    disabledWebhooks: row.disabled_webhooks,
    heldPrinters: row.held_printers,
    heldWebhooks: row.held_webhooks,
    heldSince: row.held_since,
  }
}
