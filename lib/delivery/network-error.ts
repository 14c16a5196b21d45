const WORDS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EPIPE', 'connection closed by the printer'],
  ['ETIMEDOUT', 'connection timed out'],
  ['EHOSTUNREACH', 'no route to the printer'],
  ['ENETUNREACH', 'no route to the printer'],
  ['ENOTFOUND', 'no such host name'],
  ['EAI_AGAIN', 'host name could not be looked up'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the printer’s certificate is self-signed and not pinned'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'the printer’s certificate is self-signed and not pinned'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the printer’s certificate is not trusted'],
  ['CERT_HAS_EXPIRED', 'the printer’s certificate has expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'the printer’s certificate is for another name'],
])

/** Node's code of a system or TLS error; also of several addresses that failed in turn, whose own message is empty. */
export function errorCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return ''
  const code = (thrown as NodeJS.ErrnoException).code
  if (typeof code === 'string') return code
  return thrown instanceof AggregateError ? errorCode(thrown.errors[0]) : ''
}

/** For a person: `connection refused`. */
export function describeNetworkError(thrown: unknown): string {
  const code = errorCode(thrown)
  const words = WORDS.get(code)
  if (words !== undefined) return words
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return message || code || 'connection failed'
}
