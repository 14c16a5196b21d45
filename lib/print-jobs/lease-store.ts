import { type Db, prepared, query, queryOne } from '../db/database.ts'
import { isConnected } from '../db/presence.ts'

/** A process's right to send to a printer. The fence rises with each grant, so that an older holder can't write. */
export interface Lease {
  readonly printerId: string
  readonly processNumber: number
  readonly fence: string
}

/** A lease as somebody else saw it. A renewal changes when it ends, a grant its fence. */
export interface SeenLease {
  readonly fence: string
  /** PostgreSQL's own words: its microseconds count. */
  readonly expiresAt: string
}

interface WantedLease {
  readonly printerId: string
  readonly processNumber: number
  readonly ttlMs: number
  readonly mayTakeOver: boolean
  /** One that was seen without its holder for long enough; null: none. */
  readonly lapsed: SeenLease | null
}

/** `orphan`: the lease that another process has, which isn't to be seen; null: it is, or nobody else's is to be taken. */
type AskedLease = { readonly lease: Lease } | { readonly orphan: SeenLease | null }

interface AskedLeaseRow {
  fence: string | null
  orphan_fence: string | null
  orphan_expires_at: string | null
}

const HOLDER_IS_CONNECTED = isConnected('held.process_number')

/**
 * Takes the printer's lease, or tells how another process holds it. A holder loses it when it expires, and before that when
 * it isn't connected, and nothing has become of the lease since it was seen so (`lapsed`); neither while the others may be away
 * for the same reason as this process was a moment ago (`mayTakeOver` false). Every grant raises the fence, also to the same
 * process.
 */
export async function acquireLease(db: Db, wanted: WantedLease): Promise<AskedLease> {
  const { printerId, processNumber, ttlMs, mayTakeOver, lapsed } = wanted
  const row = await queryOne<AskedLeaseRow>(
    db,
    `with taken as (
       insert into printer_leases as held (printer_id, process_number, fence, expires_at)
       values (:printerId, :processNumber, 1, clock_timestamp() + :ttlMs * interval '1 millisecond')
       on conflict on constraint printer_leases_pkey do update
         set process_number = excluded.process_number, fence = held.fence + 1, expires_at = excluded.expires_at
         where held.process_number = excluded.process_number
            or :mayTakeOver::boolean and (held.expires_at <= clock_timestamp()
              or held.fence = :lapsedFence::bigint and held.expires_at = :lapsedExpiresAt::timestamptz
                and not ${HOLDER_IS_CONNECTED})
       returning fence
     ), orphan as (
       select held.fence, held.expires_at from printer_leases as held
       where held.printer_id = :printerId and held.process_number <> :processNumber
         and :mayTakeOver::boolean and not ${HOLDER_IS_CONNECTED}
     )
     select taken.fence, orphan.fence as orphan_fence, orphan.expires_at::text as orphan_expires_at
     from (select) as one left join taken on true left join orphan on true`,
    {
      ...{ printerId, processNumber, ttlMs, mayTakeOver },
      ...{ lapsedFence: lapsed?.fence ?? null, lapsedExpiresAt: lapsed?.expiresAt ?? null },
    },
  )
  if (row?.fence != null) return { lease: { printerId, processNumber, fence: row.fence } }
  if (row?.orphan_fence == null || row.orphan_expires_at === null) return { orphan: null }
  return { orphan: { fence: row.orphan_fence, expiresAt: row.orphan_expires_at } }
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
