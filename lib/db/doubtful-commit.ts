import { DomainError } from '../errors.ts'
import type { Db } from './database.ts'
import { isDatabaseUnavailable } from './database-availability.ts'
import { inTransaction } from './transaction.ts'

/**
 * `inTransaction` for what a printer carries out: a commit whose answer is lost may have been done, and whoever sends the
 * message once more must know. Throws `unavailable` with `outcome-unknown: ` and those words then.
 */
export async function inTransactionOrDoubt<T>(
  db: Db,
  doubt: string,
  work: (trx: Db) => Promise<T>,
): Promise<T> {
  const progress = { isAtCommit: false }
  try {
    return await inTransaction(db, async (trx) => {
      progress.isAtCommit = false
      const done = await work(trx)
      progress.isAtCommit = true
      return done
    })
  } catch (error) {
    if (!progress.isAtCommit || !isDatabaseUnavailable(error)) throw error
    throw new DomainError('unavailable', `outcome-unknown: ${doubt}`, {}, { cause: error })
  }
}
