import { type Db, query, queryOne } from '../db/database.ts'
import { isConnected } from '../db/presence.ts'

export interface IdempotencyRow {
  readonly requestHash: Buffer
  /** Null while the first request is in progress. */
  readonly answer: { readonly status: number; readonly sealed: Buffer } | null
}

export interface LeaseInsert {
  readonly idempotencyHash: Buffer
  readonly requestHash: Buffer
  readonly leaseId: string
  readonly leaseMs: number
  /** Of the process that is at work on the request. */
  readonly processNumber: number | null
  /** A process that isn't connected for a moment may live: only what was begun so long ago is taken from it. */
  readonly graceMs: number
}

/**
 * True when the key was free, its time was over, or the process that had it is gone: the lease is the caller's. One of any
 * number at once gets it.
 */
export async function insertLease(db: Db, lease: LeaseInsert): Promise<boolean> {
  const row = await queryOne(
    db,
    `insert into idempotency_keys (idempotency_hash, request_hash, lease_id, expires_at, process_number)
     values (:idempotencyHash, :requestHash, :leaseId::uuid, now() + :leaseMs * interval '1 millisecond', :processNumber::integer)
     on conflict on constraint idempotency_keys_pkey do update
       set request_hash = excluded.request_hash, lease_id = excluded.lease_id, status = null, sealed_answer = null,
           created_at = excluded.created_at, expires_at = excluded.expires_at, process_number = excluded.process_number
       where idempotency_keys.expires_at <= now()
          or (idempotency_keys.status is null and idempotency_keys.process_number is not null
            and idempotency_keys.created_at <= now() - :graceMs * interval '1 millisecond'
            and not ${isConnected('idempotency_keys.process_number')})
     returning lease_id`,
    { ...lease },
  )
  return row !== undefined
}

export async function findIdempotencyKey(
  db: Db,
  idempotencyHash: Buffer,
): Promise<IdempotencyRow | undefined> {
  const row = await queryOne<{ request_hash: Buffer; status: number | null; sealed_answer: Buffer | null }>(
    db,
    `select request_hash, status, sealed_answer from idempotency_keys
     where idempotency_hash = :idempotencyHash and expires_at > now()`,
    { idempotencyHash },
  )
  if (!row) return undefined
  const { request_hash: requestHash, status, sealed_answer: sealed } = row
  return { requestHash, answer: status === null || sealed === null ? null : { status, sealed } }
}

/** False, and without effect, once the lease has gone to another request. */
export async function updateWithAnswer(
  db: Db,
  answer: {
    readonly idempotencyHash: Buffer
    readonly leaseId: string
    readonly status: number
    readonly sealed: Buffer
    readonly keepMs: number
  },
): Promise<boolean> {
  const row = await queryOne(
    db,
    `update idempotency_keys
     set status = :status, sealed_answer = :sealed, expires_at = now() + :keepMs * interval '1 millisecond'
     where idempotency_hash = :idempotencyHash and lease_id = :leaseId::uuid
     returning lease_id`,
    { ...answer },
  )
  return row !== undefined
}

/** Without effect once the lease has gone to another request. */
export async function deleteLease(db: Db, idempotencyHash: Buffer, leaseId: string): Promise<void> {
  await query(
    db,
    `delete from idempotency_keys
     where idempotency_hash = :idempotencyHash and lease_id = :leaseId::uuid and status is null`,
    { idempotencyHash, leaseId },
  )
}

/** Bounded, so that a flood of old keys can't hold a request up. */
export async function deleteExpiredIdempotencyKeys(db: Db, limit: number): Promise<void> {
  await query(
    db,
    `delete from idempotency_keys where idempotency_hash in
       (select idempotency_hash from idempotency_keys where expires_at <= now() limit :limit for update skip locked)`,
    { limit },
  )
}
