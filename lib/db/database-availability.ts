/**
 * Class 08 are connection exceptions, 28 refused logins; 3D000 is a database that isn't there; 57P01 to 57P03 are a
 * server that stops, crashed or starts; 25P03 and 57P05 one that ends whoever was silent for too long; 53000 to 53300 one
 * whose disk or memory is full or that has no place for another connection; 58030 one that can't read or write its files
 * (PostgreSQL manual, appendix A).
 */
const UNAVAILABLE_SQLSTATE = /^(08...|25P03|28...|3D000|57P0[1-35]|53[0-3]00|58030)$/
/** A server that is there, and what it lacks. */
const LACKS: Readonly<Record<string, string>> = {
  '53000': 'the database lacks what it needs to go on',
  '53100': 'the disk of the database is full',
  '53200': 'the database is out of memory',
  '53300': 'the database has no connection left',
  '58030': 'the database cannot read or write its files',
}
/** A connection that broke under a statement. Whoever else uses sockets wraps their errors. */
const BROKEN_SOCKET = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT'])
/** A server that isn't reached; one that runs in a container has no name while that is stopped. */
const REACHING = new Set<unknown>(['connect', 'getaddrinfo'])
/**
 * node-postgres and Knex have no code for a connection that ended, and PostgreSQL has none of its own for the last one.
 * Knex writes the statement in front.
 */
const UNAVAILABLE_MESSAGE =
  /(^| - )(Connection (terminated|ended)|Query read timeout|Client (was closed|has encountered a connection error)|database "[^"]*" is not currently accepting connections)[^"]*$/

/** True for an error that says nothing about the statement, but that there is no database to run it, or none that answers. */
export function isDatabaseUnavailable(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  // A host with several addresses, as `localhost` often is: each was tried.
  if (thrown instanceof AggregateError) return thrown.errors.some(isDatabaseUnavailable)
  if (thrown.name === 'KnexTimeoutError' || UNAVAILABLE_MESSAGE.test(thrown.message)) return true
  if ('syscall' in thrown && REACHING.has(thrown.syscall)) return true
  if (!('code' in thrown) || typeof thrown.code !== 'string') return false
  return BROKEN_SOCKET.has(thrown.code) || UNAVAILABLE_SQLSTATE.test(thrown.code)
}

/** What an error that `isDatabaseUnavailable` says of the database, for the log and for whoever asked. */
export function whyDatabaseUnavailable(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  return LACKS[code] ?? 'the database is not reachable'
}
