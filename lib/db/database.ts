import knex, { type Knex } from 'knex'
import type pg from 'pg'
import type { Logger } from 'pino'
import { type ConnectionPool, createConnectionPool } from './connection-pool.ts'
import { type Bindings, nameOf, statementOf, valuesOf } from './statement.ts'

/** A pool or a transaction: stores take either first and can't tell which. */
export type Db = Knex | Transaction

/** One connection's statements, until it is over: of `inTransaction`. */
export interface Transaction {
  readonly isTransaction: true
  readonly connection: pg.Client
  readonly root: Knex
  readonly isOver: boolean
}

/** What node-postgres needs to connect: a URL, or the socket folder of the embedded server. */
export type DatabaseConnection =
  | { readonly connectionString: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string }

/** Of a command's or a test's own work; the server's is in its configuration. */
const POOL_MAX = 20
/** A statement that takes longer is a defect or an overload; either way its connection is needed back. */
const STATEMENT_TIMEOUT_MS = 30_000

/** `log` gets what Knex and broken connections have to say. */
export function createDatabase(connection: DatabaseConnection, log?: Logger, poolMax = POOL_MAX): Knex {
  // Of node-postgres.
  const settings = {
    ...connection,
    // Statements that don't need each other's answers are sent at once, also within a transaction.
    pipeline: true,
    application_name: 'packhouse',
  }
  const pool = createConnectionPool({
    settings,
    max: poolMax,
    // By a statement of its own: PgBouncer refuses these as parameters of the connection.
    preparation: `set statement_timeout = ${STATEMENT_TIMEOUT_MS}; set idle_in_transaction_session_timeout = ${STATEMENT_TIMEOUT_MS}`,
    onBroken: (err) => log?.warn({ err }, 'a connection to the database broke'),
  })
  const db = knex({
    ...(log && { log: knexLog(log) }),
    client: 'pg',
    connectionPool: pool,
    // Knex would otherwise write the bindings into the messages of errors, and with them secrets into the log.
    compileSqlOnError: false,
  })
  connections.set(db, connection)
  // Knex leaves a pool that it was given to whoever gave it.
  clientOf(db).destroy = () => pool.destroy()
  return db
}

const connections = new WeakMap<Knex, DatabaseConnection>()

/** What `createDatabase` was given. */
export function connectionOf(db: Knex): DatabaseConnection {
  const connection = connections.get(db)
  if (!connection) throw new TypeError('not a database of createDatabase')
  return connection
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
  const pool = poolOf(db)
  return { used: pool.numUsed(), free: pool.numFree(), waiting: pool.numPendingAcquires() }
}

export function poolOf(db: Knex): ConnectionPool {
  return clientOf(db).pool
}

/** Runs one SQL statement with named bindings (`:name`) and answers its rows. */
export function query<Row>(db: Db, sql: string, bindings: Bindings = {}): Promise<Row[]> {
  return run<Row>(db, () => {
    const statement = statementOf(sql, bindings)
    return { text: statement.text, values: valuesOf(statement, bindings) }
  })
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
export function prepared<Row>(db: Db, sql: string, bindings: Bindings = {}): Promise<Row[]> {
  return run<Row>(db, () => preparedQuery(sql, bindings))
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

/**
 * Past Knex, whose builder and pool cost this process more than all else that a statement does. With one promise where a
 * connection is free: each costs more than it looks while requests are traced. Statements of one transaction reach
 * PostgreSQL in the order in which they are asked for, also before the first is answered.
 */
function run<Row>(db: Db, asking: () => AskedQuery): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const asked = asking()
    const ask = ({ connection, release }: LentConnection): void =>
      send<Row>(db, connection, asked, (error, rows) => {
        release()
        if (error) reject(error)
        else resolve(rows)
      })
    const lent = lend(db, asked.text)
    if (lent instanceof Promise) lent.then(ask).catch(reject)
    else ask(lent)
  })
}

/** Sent before it returns; several are answered in the order in which they were sent. */
export function send<Row>(
  db: Db,
  connection: pg.Client,
  asked: AskedQuery,
  answer: (error: Error | null, rows: Row[]) => void,
): void {
  clientOf(db).emit('query', { sql: asked.text, bindings: asked.values })
  connection.query(asked, (error: Error | null, result: pg.QueryResult | undefined) => {
    answer(error && failureOf(db, asked.text, error), (result?.rows ?? []) as Row[])
  })
}

/** in_failed_sql_transaction: what PostgreSQL says to all that comes behind the statement that failed. */
const TRANSACTION_FAILED = '25P02'
/** The first failure of each transaction. */
const firstFailures = new WeakMap<Db, Error>()

/**
 * As Knex tells it: with the statement, and without the values, some of which are secrets. Of statements that were sent at
 * once, those behind one that failed are told that failure: it says whether another try is worth it.
 */
function failureOf(db: Db, text: string, error: Error & { readonly code?: string }): Error {
  const first = firstFailures.get(db)
  if (first && error.code === TRANSACTION_FAILED) return first
  const told = Object.assign(error, { message: `${text} - ${error.message}` })
  if (db.isTransaction === true) firstFailures.set(db, told)
  return told
}

export interface LentConnection {
  readonly connection: pg.Client
  /** `isSpoilt`: nobody may have it any more. */
  release(isSpoilt?: boolean): void
}

/** Of the pool, at once if one is free; or the transaction's, which keeps it. `text`: what it is for, should that be too late. */
export function lend(db: Db, text: string): LentConnection | Promise<LentConnection> {
  if ('root' in db) {
    if (db.isOver) throw ended(text)
    return { connection: db.connection, release: keep }
  }
  if (db.isTransaction === true) {
    if ((db as unknown as Knex.Transaction).isCompleted()) throw ended(text)
    return clientOf(db)
      .acquireConnection()
      .then((connection) => ({ connection, release: keep }))
  }
  const pool = poolOf(db)
  const lent = (connection: pg.Client): LentConnection => ({
    connection,
    release: (isSpoilt) => void pool.release(connection, isSpoilt),
  })
  const connection = pool.take()
  return connection ? lent(connection) : pool.acquire().promise.then(lent)
}

const keep = (): void => undefined

const ended = (text: string): Error => new Error(`${text} - the transaction has ended`)

/** What Knex's own statements and transactions go through. */
interface KnexClient {
  readonly pool: ConnectionPool
  destroy(): Promise<void>
  acquireConnection(): Promise<pg.Client>
  emit(event: 'query', told: { readonly sql: string; readonly bindings: readonly unknown[] }): boolean
}

const clientOf = (db: Db): KnexClient => ('root' in db ? db.root : db).client as KnexClient
