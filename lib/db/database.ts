import knex, { type Knex } from 'knex'
import type pg from 'pg'
import type { Logger } from 'pino'
import { type Bindings, nameOf, statementOf, valuesOf } from './statement.ts'

/** A pool or a transaction: stores take either first and can't tell which. */
export type Db = Knex

/** What node-postgres needs to connect: a URL, or the socket folder of the embedded server. */
export type DatabaseConnection =
  | { readonly connectionString: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string }

/** Of a command's or a test's own work; the server's is in its configuration. */
const POOL_MAX = 20
const ACQUIRE_TIMEOUT_MS = 10_000
/** A statement that takes longer is a defect or an overload; either way its connection is needed back. */
const STATEMENT_TIMEOUT_MS = 30_000
/** Nothing is waited for within a transaction but the database: a process that is frozen in one keeps the others from what it has locked. */
const IDLE_IN_TRANSACTION_MS = 10_000
/**
 * PostgreSQL itself answers by then. A connection on which it doesn't was dropped without a word, by a firewall, a proxy or a
 * machine that lost its power: TCP would wait for a quarter of an hour, and soon all connections of the pool with it.
 */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000

/** `log` gets what Knex has to say, which it would print otherwise. */
export function createDatabase(connection: DatabaseConnection, log?: Logger, poolMax = POOL_MAX): Knex {
  return createPool(connection, { log, poolMax, answerTimeoutMs: ANSWER_TIMEOUT_MS })
}

/** The same for migrations, whose statements are waited for however long they take. */
export function createMigrationDatabase(connection: DatabaseConnection): Knex {
  return createPool(connection, { log: undefined, poolMax: POOL_MAX, answerTimeoutMs: 0 })
}

interface PoolOptions {
  readonly log: Logger | undefined
  readonly poolMax: number
  /** 0: without end. */
  readonly answerTimeoutMs: number
}

function createPool(connection: DatabaseConnection, { log, poolMax, answerTimeoutMs }: PoolOptions): Knex {
  // Of node-postgres: Knex hands over what it doesn't know itself.
  const settings = {
    ...connection,
    // Statements that don't need each other's answers are sent at once, also within a transaction.
    pipeline: true,
    query_timeout: answerTimeoutMs,
    application_name: 'packhouse',
  }
  return knex({
    ...(log && { log: knexLog(log) }),
    client: 'pg',
    connection: settings,
    pool: { min: 0, max: poolMax, afterCreate: limitStatements },
    acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
    // Knex would otherwise write the bindings into the messages of errors, and with them secrets into the log.
    compileSqlOnError: false,
  })
}

/** By a statement of its own: PgBouncer refuses these as parameters of the connection. */
function limitStatements(
  connection: pg.Client,
  done: (error: Error | null, connection: pg.Client) => void,
): void {
  const sql = `set statement_timeout = ${STATEMENT_TIMEOUT_MS}; set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`
  connection.query(sql, (error: Error | null) => done(error, connection))
}

/** Knex warns of every try of every connection while the database is away: one line a second says as much. */
const WARNING_INTERVAL_MS = 1_000

function knexLog(log: Logger): NonNullable<Knex.Config['log']> {
  let warnedAtMs = Number.NEGATIVE_INFINITY
  let folded = 0
  const warn = (message: unknown) => {
    if (performance.now() - warnedAtMs < WARNING_INTERVAL_MS) return void (folded += 1)
    log.warn({ knex: String(message), folded }, 'a connection to the database failed')
    warnedAtMs = performance.now()
    folded = 0
  }
  const debug = (message: unknown) => log.debug({ knex: String(message) }, 'the database driver speaks')
  return { warn, error: warn, deprecate: debug, debug }
}

/** How the pool of connections is used at this moment. */
export function poolUseOf(db: Knex): Readonly<Record<'used' | 'free' | 'waiting', number>> {
  const { pool } = db.client as {
    readonly pool: Record<'numUsed' | 'numFree' | 'numPendingAcquires', () => number>
  }
  return { used: pool.numUsed(), free: pool.numFree(), waiting: pool.numPendingAcquires() }
}

/** Runs one SQL statement with named bindings (`:name`) and answers its rows. */
export async function query<Row>(db: Db, sql: string, bindings: Bindings = {}): Promise<Row[]> {
  const statement = statementOf(sql, bindings)
  return run<Row>(db, { text: statement.text, values: valuesOf(statement, bindings) })
}

/** As `query`, for statements that answer one row or none. */
export async function queryOne<Row>(db: Db, sql: string, bindings: Bindings = {}): Promise<Row | undefined> {
  return (await query<Row>(db, sql, bindings))[0]
}

/**
 * As `query`, for the statements of every click and every job: each connection parses and plans them once. To plan them
 * took 60 to 80 % of the time that PostgreSQL spent on them. `sql` must be one of a few constants of the source: a
 * connection keeps the plan of each.
 */
export async function prepared<Row>(db: Db, sql: string, bindings: Bindings = {}): Promise<Row[]> {
  return run<Row>(db, preparedQuery(sql, bindings))
}

/** What `prepared` sends. */
export function preparedQuery(sql: string, bindings: Bindings): AskedQuery {
  const statement = statementOf(sql, bindings)
  return { name: nameOf(statement), text: statement.text, values: valuesOf(statement, bindings) }
}

/** As `prepared`, for statements that answer one row or none. */
export async function preparedOne<Row>(
  db: Db,
  sql: string,
  bindings: Bindings = {},
): Promise<Row | undefined> {
  return (await prepared<Row>(db, sql, bindings))[0]
}

export type AskedQuery = pg.QueryConfig & { readonly values: unknown[] }

/** What Knex's builders run through: a connection of the pool, or the transaction's. */
export interface KnexClient {
  acquireConnection(): Promise<pg.Client>
  releaseConnection(connection: pg.Client): Promise<void>
  /** The client of one transaction. */
  readonly transacting?: boolean
  emit(event: 'query', told: { readonly sql: string; readonly bindings: readonly unknown[] }): boolean
}

/** in_failed_sql_transaction: what PostgreSQL says to all that comes behind the statement that failed. */
const TRANSACTION_FAILED = '25P02'
/** The first failure of each transaction, by its client. */
const firstFailures = new WeakMap<KnexClient, Error>()

/**
 * Past Knex's builder, which costs this process more than all else that a statement does; its pool and transactions stay.
 * Statements of one transaction reach PostgreSQL in the order in which they are asked for, also before the first is answered.
 */
async function run<Row>(db: Db, asked: AskedQuery): Promise<Row[]> {
  const client = clientOf(db, asked.text)
  const connection = await client.acquireConnection()
  try {
    return await send<Row>(client, connection, asked)
  } finally {
    await client.releaseConnection(connection)
  }
}

/** `text`: what it is asked for, in case that is too late. */
export function clientOf(db: Db, text: string): KnexClient {
  if (db.isTransaction === true && (db as unknown as Knex.Transaction).isCompleted()) {
    throw new Error(`${text} - the transaction has ended`)
  }
  return db.client as KnexClient
}

/** Sent before it returns; several are answered in the order in which they were sent. */
export function send<Row>(client: KnexClient, connection: pg.Client, asked: AskedQuery): Promise<Row[]> {
  client.emit('query', { sql: asked.text, bindings: asked.values })
  return new Promise<Row[]>((resolve, reject) => {
    connection.query(asked, (error: Error | null, result: pg.QueryResult) => {
      if (error) reject(failureOf(client, asked.text, error))
      else resolve(result.rows as Row[])
    })
  })
}

/**
 * As Knex tells it: with the statement, and without the values, some of which are secrets. Of statements that were sent at
 * once, those behind one that failed are told that failure: it says whether another try is worth it.
 */
function failureOf(client: KnexClient, text: string, error: Error & { readonly code?: string }): Error {
  const first = firstFailures.get(client)
  if (first && error.code === TRANSACTION_FAILED) return first
  const told = Object.assign(error, { message: `${text} - ${error.message}` })
  if (client.transacting === true) firstFailures.set(client, told)
  return told
}
