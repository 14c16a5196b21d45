import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Db } from '../db/database.ts'
import { isDatabaseUnavailable } from '../db/database-availability.ts'
import { openAnswer, sealAnswer } from './answer-seal.ts'
import { hashJson } from './canonical-json.ts'
import {
  deleteExpiredIdempotencyKeys,
  deleteLease,
  findIdempotencyKey,
  insertLease,
  type LeaseInsert,
  updateWithAnswer,
} from './idempotency-store.ts'
import { LateWrites } from './late-writes.ts'

/** 24 h: contracts/cloud-printing.md, section 1, "Idempotency". */
const KEEP_MS = 86_400_000
/** How long a request may be in progress: fetching a document takes 60 s at most, and a statement 30 s. */
const LEASE_MS = 180_000
/** From the beginning of a request. The key of one whose process isn't connected by then can be used again. */
const GRACE_MS = 5_000
const EXPIRED_PER_REQUEST = 100
/** A key may be freed between the try to take it and the look at who has it. */
const TRIES_MAX = 3

export interface IdempotentRequest {
  /** The caller, the verb and the path: a key belongs to them. */
  readonly owner: readonly string[]
  readonly idempotencyKey: string
  /** The JSON value that was sent. */
  readonly body: unknown
  /** The API key of the request: it seals the stored answer. */
  readonly secret: string
}

export interface StoredAnswer {
  readonly status: number
  readonly text: string
}

export type IdempotencyVerdict =
  | { readonly kind: 'first'; readonly lease: IdempotencyLease }
  | { readonly kind: 'replay'; readonly answer: StoredAnswer }
  | { readonly kind: 'reused' }
  | { readonly kind: 'in_progress' }

/** The right to answer the request. */
export interface IdempotencyLease {
  /**
   * Keeps the answer for 24 h, committed together with what it answers: no crash can leave the one without the other. False
   * when the key has gone to another request meanwhile: nothing may be done then.
   */
  keepWithin(trx: Db, answer: StoredAnswer): Promise<boolean>
  /**
   * Keeps the answer for 24 h after what it answers was done. Like `free`, it is tried once, and while the database is away again
   * and again behind the caller's back, until the lease ends by itself. Neither rejects.
   */
  keep(answer: StoredAnswer): Promise<void>
  /** The same key may be used again, unless an answer was kept. */
  free(): Promise<void>
}

export interface IdempotencyService {
  begin(request: IdempotentRequest): Promise<IdempotencyVerdict>
  /** Nothing is tried again any more. */
  close(): void
}

export function createIdempotencyService({
  db,
  processNumber,
  log,
}: {
  readonly db: Db
  /** Null: not known yet, or of a process that nobody sees. */
  readonly processNumber: () => number | null
  readonly log: Logger
}): IdempotencyService {
  const lateWrites = new LateWrites(log)
  return {
    async begin({ owner, idempotencyKey, body, secret }) {
      const idempotencyHash = hashJson([...owner, idempotencyKey])
      const requestHash = hashJson(body)
      await deleteExpiredIdempotencyKeys(db, EXPIRED_PER_REQUEST)
      for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
        const held: HeldKey = {
          idempotencyHash,
          leaseId: randomUUID(),
          untilMs: performance.now() + LEASE_MS,
        }
        if (await take(db, { ...held, requestHash, processNumber: processNumber() }, lateWrites)) {
          return { kind: 'first', lease: leaseOf(db, { ...held, secret }, lateWrites) }
        }
        const found = await findIdempotencyKey(db, idempotencyHash)
        if (!found) continue
        if (!found.requestHash.equals(requestHash)) return { kind: 'reused' }
        if (found.answer === null) return { kind: 'in_progress' }
        const { status, sealed } = found.answer
        return { kind: 'replay', answer: { status, text: openAnswer(sealed, secret, idempotencyHash) } }
      }
      return { kind: 'in_progress' }
    },
    close: () => lateWrites.close(),
  }
}

interface HeldKey {
  readonly idempotencyHash: Buffer
  readonly leaseId: string
  /** Of `performance.now()`: when the lease ends by itself. */
  readonly untilMs: number
}

async function take(
  db: Db,
  wanted: HeldKey & Pick<LeaseInsert, 'requestHash' | 'processNumber'>,
  lateWrites: LateWrites,
): Promise<boolean> {
  const { idempotencyHash, leaseId, untilMs, requestHash, processNumber } = wanted
  try {
    const lease = { idempotencyHash, requestHash, leaseId, processNumber }
    return await insertLease(db, { ...lease, leaseMs: LEASE_MS, graceMs: GRACE_MS })
  } catch (error) {
    // It may have been written, and nobody will do what it was taken for.
    if (isDatabaseUnavailable(error))
      lateWrites.soon(() => deleteLease(db, idempotencyHash, leaseId), untilMs)
    throw error
  }
}

function leaseOf(
  db: Db,
  { idempotencyHash, leaseId, untilMs, secret }: HeldKey & { readonly secret: string },
  lateWrites: LateWrites,
): IdempotencyLease {
  const keepWithin: IdempotencyLease['keepWithin'] = (trx, { status, text }) => {
    const sealed = sealAnswer(text, secret, idempotencyHash)
    return updateWithAnswer(trx, { idempotencyHash, leaseId, status, sealed, keepMs: KEEP_MS })
  }
  return {
    keepWithin,
    keep: (answer) => lateWrites.write(() => keepWithin(db, answer), untilMs),
    free: () => lateWrites.write(() => deleteLease(db, idempotencyHash, leaseId), untilMs),
  }
}
