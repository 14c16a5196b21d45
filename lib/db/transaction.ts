import { setTimeout as delay } from 'node:timers/promises'
import type { Knex } from 'knex'
import type { Db } from './database.ts'

/** serialization_failure, deadlock_detected: PostgreSQL asks for another try (manual, appendix A). */
const RETRYABLE_SQLSTATES = new Set(['40001', '40P01'])
const TRIES_MAX = 5
const BACKOFF_STEP_MS = 15

/**
 * Runs `work` in a transaction; only services call this. A serialization failure or deadlock runs it again from the
 * start, so `work` must have no effect but on the database. Within a transaction it becomes a savepoint and isn't
 * retried: a deadlock has already ended the outer one.
 */
export async function inTransaction<T>(db: Db, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  const run = () => db.transaction(work)
  return db.isTransaction === true ? run() : retried(run)
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
  if (db.isTransaction === true) return work(db)
  return db.transaction((trx) => work(trx), { isolationLevel: 'repeatable read', readOnly: true })
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
