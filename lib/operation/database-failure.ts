import type { Config } from '../config.ts'
import { isDatabaseUnavailable } from '../db/database-availability.ts'
import { PoolingError } from '../db/pooling-check.ts'
import { dataDirOf } from './data-dir.ts'

/** The database can't be reached or used. The message says what is wrong, in words for whoever runs the server. */
export class DatabaseFailure extends Error {
  override readonly name = 'DatabaseFailure'
  readonly advice: string

  constructor({ text, advice }: Explanation, options?: ErrorOptions) {
    super(text, options)
    this.advice = advice
  }
}

interface Explanation {
  readonly text: string
  readonly advice: string
}

const NO_ROUTE =
  'see that PostgreSQL runs at DATABASE_URL, that its user may connect, and that no firewall is between'
const NO_ANSWER =
  'see that no firewall swallows the connection; a pooler between has to give each process what docs/scaling.md counts'
const NOT_MIGRATED = { text: 'the database is not migrated', advice: 'run packhouse migrate' }
const POOLED = {
  text: 'DATABASE_URL leads through a pooler that takes the connection away after each transaction',
  advice:
    'connect to PostgreSQL itself, or set pool_mode = session for this database in PgBouncer (docs/scaling.md)',
}

/** By SQLSTATE (PostgreSQL manual, appendix A). What isn't here is told in PostgreSQL's own words. */
const ADVICE: Readonly<Record<string, string>> = {
  '08P01': 'correct DATABASE_URL; with PgBouncer, its [databases] and users too',
  '25006': 'DATABASE_URL must lead to the primary, not to a standby',
  '28000': 'correct the user of DATABASE_URL, or let it connect in pg_hba.conf',
  '28P01': 'correct the user and the password of DATABASE_URL',
  '3D000': 'make the database (createdb), or correct its name in DATABASE_URL',
  '42501': 'the user of DATABASE_URL must own the database',
  '53100': 'make room on the disk of the database',
  '55P03':
    'somebody else holds a lock for long: pg_stat_activity and pg_locks say who; try again when it is gone',
  '53300': 'raise max_connections of PostgreSQL (docs/scaling.md)',
}
/** What isn't there: a schema, a function, a table, a column. */
const MISSING = new Set(['3F000', '42883', '42P01', '42703'])
const STARTING = /^57P0[1-3]$/
const SQLSTATE = /^[0-9A-Z]{5}$/
const TIMED_OUT = /timeout/i
const TLS = /\bSSL\b|\bTLS\b|certificate/i
const NO_PASSWORD = /password must be a (non-empty )?string/

/** Undefined for what isn't the database's doing. */
export function explainDatabase(error: unknown, config: Config): DatabaseFailure | undefined {
  if (error instanceof DatabaseFailure) return error
  if (!isOfDatabase(error, config)) return undefined
  return new DatabaseFailure(explain(error, config), { cause: error })
}

/** The same for whatever kept the connection from being made. */
export function explainConnecting(error: unknown, config: Config): DatabaseFailure {
  return explainDatabase(error, config) ?? new DatabaseFailure(explain(error, config), { cause: error })
}

function isOfDatabase(error: unknown, { databaseUrl }: Config): boolean {
  // HOST is looked up too.
  const host = error instanceof Error && 'hostname' in error ? error.hostname : null
  if (host !== null) return databaseUrl !== null && new URL(databaseUrl).hostname === host
  return error instanceof PoolingError || isDatabaseUnavailable(error) || sqlStateOf(error) !== ''
}

function explain(error: unknown, config: Config): Explanation {
  if (error instanceof PoolingError) return POOLED
  const code = sqlStateOf(error)
  if (MISSING.has(code)) return NOT_MIGRATED
  const said = wordsOf(error)
  if (code !== '') return explainRefusal(code, said)
  return config.databaseUrl === null ? explainEmbedded(said, config) : explainRoute(said)
}

/** Nothing lies between: it has ended, or is about to, and has written down why. */
function explainEmbedded(said: string, config: Config): Explanation {
  const dataDir = dataDirOf(config)
  return {
    text: `the embedded database can't be reached: ${said}`,
    advice: `see that the disk of ${dataDir} has room; ${dataDir}/postgres.log says why the database ended`,
  }
}

function explainRoute(said: string): Explanation {
  if (NO_PASSWORD.test(said))
    return { text: 'the database wants a password', advice: 'put it into DATABASE_URL' }
  if (TIMED_OUT.test(said)) return { text: 'the database does not answer', advice: NO_ANSWER }
  const text = `the database can't be reached: ${said}`
  if (TLS.test(said)) return { text, advice: 'correct sslmode in DATABASE_URL, or the certificates' }
  return { text, advice: NO_ROUTE }
}

function explainRefusal(code: string, said: string): Explanation {
  const text = `the database refuses: ${said}`
  if (STARTING.test(code)) return { text, advice: 'it starts or stops just now: try again in a moment' }
  return { text, advice: ADVICE[code] ?? `SQLSTATE ${code} is told of in PostgreSQL's log` }
}

/** Of PostgreSQL's errors alone; Node's codes are longer. */
function sqlStateOf(error: unknown): string {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return ''
  const { code } = error
  return typeof code === 'string' && SQLSTATE.test(code) ? code : ''
}

/** A host with several addresses fails with all their errors. Knex and `query` write the statement in front. */
function wordsOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(wordsOf))].join('; ')
  if (!(error instanceof Error)) return String(error)
  const message =
    sqlStateOf(error) === '' ? error.message : error.message.slice(afterStatement(error.message))
  return message.split('\n')[0]?.trim() || 'no connection'
}

function afterStatement(message: string): number {
  const at = message.lastIndexOf(' - ')
  return at < 0 ? 0 : at + ' - '.length
}
