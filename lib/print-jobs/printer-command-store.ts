import { type Db, prepared, preparedOne, query, queryOne } from '../db/database.ts'
import { reasonText } from './job-state.ts'
import type { Lease } from './lease-store.ts'

/** Bytes that are no job, and stand in a printer's queue like one. */
export interface PrinterCommand {
  readonly commandId: string
  readonly bytes: Buffer
  readonly queuePosition: bigint
}

/** At the end of the queue. Forgets some that ended long ago, so that the table stays as long as a day. */
export async function insertCommand(
  trx: Db,
  command: { readonly commandId: string; readonly printerId: string; readonly bytes: Buffer },
): Promise<void> {
  await query(
    trx,
    `insert into printer_commands (command_id, printer_id, bytes, queue_position)
     values (:commandId::text, :printerId::uuid, :bytes::bytea,
       nextval(pg_get_serial_sequence('print_jobs', 'queue_position')))`,
    { ...command },
  )
  await query(
    trx,
    `delete from printer_commands where command_id in (
       select command_id from printer_commands
       where created_at < (select clock_timestamp() - interval '1 day') and status in ('completed', 'failed', 'canceled')
       order by created_at limit 10 for update skip locked)`,
  )
}

/**
 * Seconds after which nobody means the command any more: a drawer must not open when a pause ends hours later. Long enough
 * for the receipts before it and for a new roll of paper.
 */
const SENDABLE_S = 120

/** The oldest one, under a lease that is still valid; a paused printer keeps its commands as it keeps its jobs, as long as they are of use. */
export async function findQueuedCommand(trx: Db, lease: Lease): Promise<PrinterCommand | undefined> {
  const row = await preparedOne<{ command_id: string; bytes: Buffer; queue_position: string }>(
    trx,
    `select command_id, bytes, queue_position from printer_commands
     join printers on printers.printer_id = printer_commands.printer_id
     join printer_leases on printer_leases.printer_id = printer_commands.printer_id
       and printer_leases.fence = :fence::bigint and printer_leases.expires_at > clock_timestamp()
     where printer_commands.printer_id = :printerId::uuid and printer_commands.status = 'queued' and not printers.is_paused
       and printer_commands.created_at > clock_timestamp() - make_interval(secs => :sendableS::integer)
     order by queue_position limit 1`,
    { printerId: lease.printerId, fence: lease.fence, sendableS: SENDABLE_S },
  )
  return row && { commandId: row.command_id, bytes: row.bytes, queuePosition: BigInt(row.queue_position) }
}

/** The last word before the first byte: false when another process has the printer's lease. */
export async function markCommandSending(db: Db, lease: Lease, commandId: string): Promise<boolean> {
  const row = await queryOne(
    db,
    `update printer_commands set status = 'processing', fence = :fence::bigint
     from printer_leases
     where printer_commands.command_id = :commandId::text and printer_commands.status = 'queued'
       and printer_leases.printer_id = :printerId::uuid and printer_leases.fence = :fence::bigint
       and printer_leases.expires_at > clock_timestamp()
     returning command_id`,
    { printerId: lease.printerId, fence: lease.fence, commandId },
  )
  return row !== undefined
}

export interface CommandEnd {
  readonly status: 'queued' | 'completed' | 'failed' | 'canceled'
  readonly reason: string | null
}

/** Nothing for one that has ended already, or that another holder of the lease is sending. */
export async function endCommand(
  db: Db,
  lease: Lease,
  { commandId, status, reason }: CommandEnd & { readonly commandId: string },
): Promise<void> {
  await query(
    db,
    `update printer_commands set status = :status::text, reason = :reason::text
     where command_id = :commandId::text and (status = 'queued' or (status = 'processing' and fence = :fence::bigint))`,
    { commandId, status, reason, fence: lease.fence },
  )
}

/** Cancels those that waited too long, also at printers that nobody drives any more; answers how many. */
export async function cancelStaleCommands(trx: Db, limit: number): Promise<number> {
  const rows = await prepared(
    trx,
    `update printer_commands set status = 'canceled', reason = :reason::text
     where command_id in (
       select command_id from printer_commands
       where status = 'queued' and created_at <= (select clock_timestamp() - make_interval(secs => :sendableS::integer))
       limit :limit::integer for update skip locked
     )
     returning command_id`,
    { limit, sendableS: SENDABLE_S, reason: reasonText('job-expired', `not sent within ${SENDABLE_S} s`) },
  )
  return rows.length
}

/** What an earlier holder of the lease was sending. */
export async function failAbandonedCommands(trx: Db, lease: Lease, reason: string): Promise<void> {
  await query(
    trx,
    `update printer_commands set status = 'failed', reason = :reason::text
     where printer_id = :printerId::uuid and status = 'processing' and fence < :fence::bigint`,
    { printerId: lease.printerId, fence: lease.fence, reason },
  )
}
