import { createHash } from 'node:crypto'
import knex, { type Knex } from 'knex'
import type { Logger } from 'pino'

/** A pool or a transaction: stores take either first and can't tell which. */
export type Db = Knex

/** What node-postgres needs to connect: a URL, or the socket folder of the embedded server. */
export type DatabaseConnection =
  | { readonly connectionString: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string }

/**
 * One process keeps at most this many connections: five concurrent RPC requests a user use one each, printers use one
 * for a few milliseconds per job. Three processes fit into PostgreSQL's default of 100 with room for others.
 */
const POOL_MAX = 20
const ACQUIRE_TIMEOUT_MS = 10_000
/** A statement that takes longer is a defect or an overload; either way its connection is needed back. */
const STATEMENT_TIMEOUT_MS = 30_000

/** `log` gets what Knex has to say, which it would print otherwise. */
export function createDatabase(connection: DatabaseConnection, log?: Logger): Knex {
  return knex({
    ...(log && { log: knexLog(log) }),
    client: 'pg',
    connection: {
      ...connection,
      application_name: 'packhouse',
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    },
    pool: { min: 0, max: POOL_MAX },
    acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
    // Knex would otherwise write the bindings into the messages of errors, and with them secrets into the log.
    compileSqlOnError: false,
  })
}

function knexLog(log: Logger): NonNullable<Knex.Config['log']> {
  const tell = (level: 'warn' | 'debug') => (message: unknown) =>
    log[level]({ knex: String(message) }, 'knex')
  return { warn: tell('warn'), error: tell('warn'), deprecate: tell('debug'), debug: tell('debug') }
}

/** How the pool of connections is used at this moment. */
export function poolUseOf(db: Knex): Readonly<Record<'used' | 'free' | 'waiting', number>> {
  const { pool } = db.client as {
    readonly pool: Record<'numUsed' | 'numFree' | 'numPendingAcquires', () => number>
  }
  return { used: pool.numUsed(), free: pool.numFree(), waiting: pool.numPendingAcquires() }
}

/** Runs one SQL statement with named bindings (`:name`) and answers its rows. */
export async function query<Row>(
  db: Db,
  sql: string,
  bindings: Record<string, unknown> = {},
): Promise<Row[]> {
  const result = await db.raw<{ rows: Row[] }>(sql, bindings as Record<string, Knex.RawBinding>)
  return result.rows
}

/** As `query`, for statements that answer one row or none. */
export async function queryOne<Row>(
  db: Db,
  sql: string,
  bindings: Record<string, unknown> = {},
): Promise<Row | undefined> {
  return (await query<Row>(db, sql, bindings))[0]
}

/**
 * As `query`, for the statements of every click and every job: each connection parses and plans them once. To plan them
 * took 60 to 80 % of the time that PostgreSQL spent on them. `sql` must be one of a few constants of the source: a
 * connection keeps the plan of each.
 */
export async function prepared<Row>(
  db: Db,
  sql: string,
  bindings: Record<string, unknown> = {},
): Promise<Row[]> {
  const statement = db.raw<{ rows: Row[] }>(sql, bindings as Record<string, Knex.RawBinding>)
  return (await statement.options({ name: statementName(sql) })).rows
}

/** As `prepared`, for statements that answer one row or none. */
export async function preparedOne<Row>(
  db: Db,
  sql: string,
  bindings: Record<string, unknown> = {},
): Promise<Row | undefined> {
  return (await prepared<Row>(db, sql, bindings))[0]
}

const statementNames = new Map<string, string>()

/** PostgreSQL tells names apart by their first 63 bytes. */
function statementName(sql: string): string {
  const known = statementNames.get(sql)
  if (known !== undefined) return known
  const name = createHash('sha256').update(sql).digest('base64url')
  statementNames.set(sql, name)
  return name
}
