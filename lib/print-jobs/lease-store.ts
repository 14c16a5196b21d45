import { type Db, prepared, query, queryOne } from '../db/database.ts'
import { PRESENCE_LOCK_CLASS } from '../db/notifications.ts'

/** A process's right to send to a printer. The fence rises with each grant, so that an older holder can't write. */
export interface Lease {
  readonly printerId: string
  readonly processNumber: number
  readonly fence: string
}

/**
 * Takes the printer's lease, or answers undefined while another process holds it. A holder that is no longer connected
 * loses it at once, one that is frozen when it expires; neither while the others may be away for the same reason as this
 * process was a moment ago (`mayTakeOver` false). Every grant raises the fence, also to the same process.
 */
export async function acquireLease(
  db: Db,
  lease: { printerId: string; processNumber: number; ttlMs: number; mayTakeOver: boolean },
): Promise<Lease | undefined> {
  const row = await queryOne<{ fence: string }>(
    db,
    `insert into printer_leases as held (printer_id, process_number, fence, expires_at)
     values (:printerId, :processNumber, 1, clock_timestamp() + :ttlMs * interval '1 millisecond')
     on conflict on constraint printer_leases_pkey do update
       set process_number = excluded.process_number, fence = held.fence + 1, expires_at = excluded.expires_at
       where held.process_number = excluded.process_number
          or :mayTakeOver::boolean and (held.expires_at <= clock_timestamp() or not exists (
            select from pg_locks
            where locktype = 'advisory' and objsubid = 2 and granted
              and database = (select oid from pg_database where datname = current_database())
              and classid = :presenceClass::bigint::oid and objid = held.process_number::bigint::oid
          ))
     returning fence`,
    { ...lease, presenceClass: PRESENCE_LOCK_CLASS },
  )
  return row && { printerId: lease.printerId, processNumber: lease.processNumber, fence: row.fence }
}

/** The printers among `leases` that are still held; the others were taken over. */
export async function renewLeases(db: Db, leases: readonly Lease[], ttlMs: number): Promise<Set<string>> {
  const rows = await prepared<{ printer_id: string }>(
    db,
    `update printer_leases set expires_at = clock_timestamp() + :ttlMs * interval '1 millisecond'
     from unnest(:printerIds::uuid[], :fences::bigint[]) as mine (printer_id, fence)
     where printer_leases.printer_id = mine.printer_id and printer_leases.fence = mine.fence
     returning printer_leases.printer_id`,
    { ttlMs, printerIds: leases.map(({ printerId }) => printerId), fences: leases.map(({ fence }) => fence) },
  )
  return new Set(rows.map((row) => row.printer_id))
}

/** Lets another process have it at once; the fence stays, so that it goes on rising. */
export async function releaseLease(db: Db, lease: Lease): Promise<void> {
  await query(
    db,
    `update printer_leases set expires_at = clock_timestamp() where printer_id = :printerId and fence = :fence`,
    { ...lease },
  )
}
