import pg from 'pg'
import type { DatabaseConnection } from './database.ts'

/** A pooler in front of the database takes connections away from those who use them: docs/scaling.md, "PgBouncer". */
export class PoolingError extends Error {
  override readonly name = 'PoolingError'
}

/** Of a connection, and of each answer: a pooler without a free connection accepts the client and then says nothing. */
const TIMEOUT_MS = 10_000
/**
 * Each round would be noticed; more than one, since others may use the pooler meanwhile. With four, one start of a hundred on a
 * busy machine noticed nothing. A round is six questions, to poolers alone.
 */
const ROUNDS = 16
const NOT_KEPT = /transaction blocks not allowed in statement pooling/

/**
 * Throws PoolingError where a connection doesn't keep its backend between transactions: LISTEN, the advisory lock that
 * says that a process lives, and prepared statements would be lost, unseen. Throws what node-postgres does when there is
 * no connection. Costs a direct one a connection and a question.
 */
export async function refuseTransactionPooling(connection: DatabaseConnection): Promise<void> {
  const isKept = await withClient(connection, async (one) => {
    // A pooler gives its clients numbers of its own.
    const told = (one as unknown as { readonly processID: number | null }).processID
    const backend = await backendOf(one)
    if (backend === told) return true
    return withClient(connection, (other) => keepTheirBackends({ one, backend, other }))
  }).catch((error: unknown) => {
    if (isNotKept(error)) return false
    throw error
  })
  if (!isKept) throw new PoolingError('the pooler changes the connection between transactions')
}

interface Pair {
  readonly one: pg.Client
  /** That `one` had a moment ago. */
  readonly backend: number
  readonly other: pg.Client
}

/**
 * While `other` is in a transaction, `one` can't have the same backend; and of two that are free, a pooler takes the one
 * that was given back last, or first: in one of the orders below they change places.
 */
async function keepTheirBackends({ one, backend, other }: Pair): Promise<boolean> {
  const second = await begin(other)
  if (second === backend || (await begin(one)) !== backend) return false
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const client of round % 2 === 0 ? [one, other] : [other, one]) await client.query('commit')
    const backends = [await begin(one), await begin(other)]
    if (backends[0] !== backend || backends[1] !== second) return false
  }
  return true
}

/** True for the refusal by which a pooler says itself that it keeps nothing. */
function isNotKept(error: unknown): boolean {
  return error instanceof Error && NOT_KEPT.test(error.message)
}

async function begin(client: pg.Client): Promise<number> {
  await client.query('begin')
  return backendOf(client)
}

async function backendOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ backend: number }>('select pg_backend_pid() as backend')
  return rows[0]?.backend ?? 0
}

async function withClient<T>(
  connection: DatabaseConnection,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    ...connection,
    application_name: 'packhouse check',
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  })
  // What ends a connection comes to the query that waits, too; unheard, it would end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}
