import { ConnectionTimeout } from './connection-pool.ts'

/**
 * Class 08 are connection exceptions, 28 refused logins; 3D000 is a database that isn't there; 57P01 to 57P03 are a
 * server that stops, crashed or starts; 53100 to 53300 one whose disk or memory is full or that has no place for another
 * connection (PostgreSQL manual, appendix A).
 */
const UNAVAILABLE_SQLSTATE = /^(08...|28...|3D000|57P0[1-3]|53[1-3]00)$/
/** A connection that broke under a statement. Whoever else uses sockets wraps their errors. */
const BROKEN_SOCKET = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT'])
/**
 * node-postgres has no code for a connection that ended or couldn't be made in time, and PostgreSQL has none of its own for
 * the last one. The statement may be written in front.
 */
const UNAVAILABLE_MESSAGE =
  /(^| - )(timeout expired|Connection (terminated|ended)|Client (was closed|has encountered a connection error)|database "[^"]*" is not currently accepting connections)[^"]*$/

/** True for an error that says nothing about the statement, but that there is no database to run it. */
export function isDatabaseUnavailable(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  if (thrown instanceof ConnectionTimeout || UNAVAILABLE_MESSAGE.test(thrown.message)) return true
  if ('syscall' in thrown && thrown.syscall === 'connect') return true
  if (!('code' in thrown) || typeof thrown.code !== 'string') return false
  return BROKEN_SOCKET.has(thrown.code) || UNAVAILABLE_SQLSTATE.test(thrown.code)
}
