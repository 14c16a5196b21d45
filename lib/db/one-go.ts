import { type AskedQuery, clientOf, type Db, preparedQuery, send } from './database.ts'
import type { Bindings } from './statement.ts'

/** A statement that is yet to be run, as `prepared` would, and what its rows mean. */
export interface Step<Result> {
  readonly query: AskedQuery
  // biome-ignore lint/suspicious/noExplicitAny: a step knows its own rows
  readonly read: (rows: any[]) => Result
}

export function step<Row, Result>(
  sql: string,
  bindings: Bindings,
  read: (rows: Row[]) => Result,
): Step<Result> {
  return { query: preparedQuery(sql, bindings), read }
}

/**
 * A transaction whose statements are known from the start, none by the answer of another: they are sent at once with their
 * `begin` and `commit`, so that all of it is one round trip. Each sees what those before it did, and what others had
 * committed when it began: one that follows a lock sees all that was done under it. All or nothing; throws what the
 * first that failed throws. `retried` (transaction.ts) is the caller's. Within a transaction it is a part of that.
 */
export async function inOneGo<Results extends readonly unknown[]>(
  db: Db,
  steps: { readonly [Place in keyof Results]: Step<Results[Place]> },
): Promise<Results> {
  const client = clientOf(db, 'begin')
  const connection = await client.acquireConnection()
  try {
    const around = (text: string) => (db.isTransaction === true ? [] : [{ text, values: [] }])
    const queries = [...around('begin'), ...steps.map(({ query }) => query), ...around('commit')]
    // Each is waited for, though one may have failed: the connection goes back when nothing is on its way.
    const answers = await Promise.allSettled(queries.map((query) => send<unknown>(client, connection, query)))
    const failed = answers.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined
    if (failed) throw failed.reason as Error
    const rows = (answers as PromiseFulfilledResult<unknown[]>[]).slice(db.isTransaction === true ? 0 : 1)
    return steps.map(({ read }, place) => read(rows[place]?.value ?? [])) as unknown as Results
  } finally {
    await client.releaseConnection(connection)
  }
}
