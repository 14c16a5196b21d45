/**
 * Class 08 are connection exceptions; 57P01 to 57P03 a server that stops, crashed or starts; 53300 one without a place
 * for another connection (PostgreSQL manual, appendix A).
 */
const UNAVAILABLE_SQLSTATE = /^(08...|57P0[1-3]|53300)$/
/** node-postgres has no code for a connection that broke. */
const BROKEN_CONNECTION = /^(Connection terminated|Client has encountered a connection error)/

/** True for an error that says nothing about the statement, but that there is no database to run it. */
export function isDatabaseUnavailable(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  if (thrown.name === 'KnexTimeoutError' || BROKEN_CONNECTION.test(thrown.message)) return true
  // node-postgres passes the socket's own error on; whatever else connects wraps its errors.
  if ('syscall' in thrown && thrown.syscall === 'connect') return true
  return 'code' in thrown && typeof thrown.code === 'string' && UNAVAILABLE_SQLSTATE.test(thrown.code)
}
