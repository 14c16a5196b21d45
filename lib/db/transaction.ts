import { setTimeout as delay } from 'node:timers/promises'
import type { Knex } from 'knex'
import { type Db, lend, query, type Transaction } from './database.ts'

/** serialization_failure, deadlock_detected: PostgreSQL asks for another try (manual, appendix A). */
const RETRYABLE_SQLSTATES = new Set(['40001', '40P01'])
const TRIES_MAX = 5
const BACKOFF_STEP_MS = 15
/** A connection that can't say in time that it has rolled back is given up. */
const ROLLBACK_MS = 5_000

/**
 * Runs `work` in a transaction; only services call this. A serialization failure or deadlock runs it again from the
 * start, so `work` must have no effect but on the database. Within a transaction it becomes a savepoint and isn't
 * retried: a deadlock has already ended the outer one.
 */
export async function inTransaction<T>(db: Db, work: (trx: Db) => Promise<T>): Promise<T> {
  return isPool(db) ? retried(() => transact(db, 'BEGIN;', work)) : inSavepoint(db, work)
}

/** For a statement that is a transaction by itself: the same tries. */
export async function retried<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run()
    } catch (error) {
      if (attempt >= TRIES_MAX || !isRetryable(error)) throw error
      await delay(attempt * BACKOFF_STEP_MS * (0.5 + Math.random()))
    }
  }
}

/**
 * Runs `work`, which only reads, on the database as it is at one moment: what several statements answer fits together.
 * Within a transaction it is that one's view, which is a new one for each statement.
 */
export async function inSnapshot<T>(db: Db, work: (on: Db) => Promise<T>): Promise<T> {
  return isPool(db)
    ? transact(db, 'BEGIN TRANSACTION ISOLATION LEVEL repeatable read READ ONLY;', work)
    : work(db)
}

const isPool = (db: Db): db is Knex => db.isTransaction !== true

/** Not Knex's transactions: each makes a Knex of its own, and a dozen promises beside the statements'. */
async function transact<T>(db: Knex, begin: string, work: (trx: Db) => Promise<T>): Promise<T> {
  const { connection, release } = await lend(db, begin)
  const trx: { -readonly [Member in keyof Transaction]: Transaction[Member] } = {
    isTransaction: true,
    connection,
    root: db,
    isOver: false,
  }
  let isSpoilt = false
  try {
    await query(trx, begin)
    const result = await work(trx)
    const committed = query(trx, 'COMMIT;')
    trx.isOver = true
    await committed
    return result
  } catch (error) {
    // After a COMMIT that failed there is nothing to roll back, and PostgreSQL says so in a notice.
    trx.isOver = false
    const rolledBack = query(trx, 'ROLLBACK')
    trx.isOver = true
    isSpoilt = !(await isDoneInTime(rolledBack))
    throw error
  } finally {
    release(isSpoilt)
  }
}

/** False for what failed, too: nobody knows what state such a connection is in. */
async function isDoneInTime(work: Promise<unknown>): Promise<boolean> {
  const waiting = new AbortController()
  const isDone = work.then(
    () => true,
    () => false,
  )
  const isLate = delay(ROLLBACK_MS, false, { signal: waiting.signal }).catch(() => false)
  try {
    return await Promise.race([isDone, isLate])
  } finally {
    waiting.abort()
  }
}

/** One after the other within a transaction: the end of one would end those that began after it. */
const savepoints = new WeakMap<Db, Promise<unknown>>()

async function inSavepoint<T>(db: Db, work: (trx: Db) => Promise<T>): Promise<T> {
  if (!('root' in db)) return db.transaction(work)
  const running = (savepoints.get(db) ?? Promise.resolve()).then(() => save(db, work))
  savepoints.set(
    db,
    running.catch(() => undefined),
  )
  return running
}

async function save<T>(trx: Transaction, work: (trx: Db) => Promise<T>): Promise<T> {
  // A handle of its own, or a savepoint within would wait for this one.
  const inner: Transaction = {
    ...trx,
    get isOver() {
      return trx.isOver
    },
  }
  await query(trx, 'SAVEPOINT within')
  try {
    const result = await work(inner)
    await query(trx, 'RELEASE SAVEPOINT within')
    return result
  } catch (error) {
    // Of a connection that is gone there is nothing to take back.
    await query(trx, 'ROLLBACK TO SAVEPOINT within').catch(() => undefined)
    await query(trx, 'RELEASE SAVEPOINT within').catch(() => undefined)
    throw error
  }
}

function isRetryable(error: unknown): boolean {
  return RETRYABLE_SQLSTATES.has(sqlState(error))
}

function sqlState(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** True for a violation of that very constraint: stores turn it into the refusal it means. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return (
    sqlState(error) === '23505' &&
    error instanceof Error &&
    'constraint' in error &&
    error.constraint === constraint
  )
}

/** True when a row that is to go is still referred to, or one that is referred to isn't there. */
export function isForeignKeyViolation(error: unknown, constraint?: string): boolean {
  if (sqlState(error) !== '23503') return false
  return (
    constraint === undefined ||
    (error instanceof Error && 'constraint' in error && error.constraint === constraint)
  )
}
