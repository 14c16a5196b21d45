import { validateHeaderName, validateHeaderValue } from 'node:http'

/** contracts/rpc.md, section 9. */
export const HEADERS_MAX = 50

/** They frame the message or speak to the next hop; a caller who sets them speaks for us. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'expect',
])

export interface HeaderMistake {
  /** Relative to the object that holds `headers`: `headers` or `headers.X-Name`. */
  readonly field: string
  readonly reason: 'invalid' | 'conflict'
  /** Holds the name, never the value. */
  readonly message: string
}

/** The first header that may not be sent to a URL somebody chose, or null: contracts/rpc.md, section 9, "headers". */
export function checkRequestHeaders(
  headers: Readonly<Record<string, unknown>>,
  hasAuth: boolean,
): HeaderMistake | null {
  const entries = Object.entries(headers)
  if (entries.length > HEADERS_MAX) {
    return { field: 'headers', reason: 'invalid', message: `more than ${HEADERS_MAX} headers` }
  }
  for (const [name, value] of entries) {
    const field = `headers.${name}`
    const fault = faultOf(name, value)
    if (fault !== null) return { field, reason: 'invalid', message: fault }
    if (hasAuth && name.toLowerCase() === 'authorization') {
      return { field, reason: 'conflict', message: 'an Authorization header and auth exclude each other' }
    }
  }
  return null
}

function faultOf(name: string, value: unknown): string | null {
  if (!passes(() => validateHeaderName(name))) return 'not a valid header name'
  const lower = name.toLowerCase()
  if (RESERVED_NAMES.has(lower) || lower.startsWith('proxy-')) return `the header ${name} cannot be set`
  if (typeof value !== 'string' && !Number.isFinite(value))
    return `the header ${name} needs a string or a number`
  if (!passes(() => validateHeaderValue(name, String(value))))
    return `the header ${name} has a value that is not valid in HTTP`
  return null
}

function passes(validate: () => void): boolean {
  try {
    validate()
    return true
  } catch {
    return false
  }
}
