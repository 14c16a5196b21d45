import { isIP } from 'node:net'
import type { LogLevel, PortRange } from './config.ts'

/** The forms of single variables. A parser throws an Error whose message completes "VARIABLE …". */

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** Five concurrent RPC requests a user use one each, printers use one for a few milliseconds per job: docs/scaling.md. */
export const POOL_MAX_DEFAULT = 20
export const PORT_MAX = 65_535
/** Beyond it a limit limits nothing: 0 is the way to switch one off. */
const LIMIT_MAX = 1_000_000
export const HOUR_MS = 3_600_000
/** Ten years: an expiry beyond it is a mistake in the unit. */
const SESSION_TTL_HOURS_MAX = 87_600
/** Shorter keys can be guessed; generated ones have 40 characters. */
const ADMIN_API_KEY_LENGTH_MIN = 8
const RETENTION_DAYS_MAX = 36_500

export function parseInteger(text: string, min: number, max: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new Error(`must be a whole number from ${min} to ${max}, not "${text}"`)
  }
  return value
}

/** With fewer, one busy user (RPC_CONCURRENCY) and the printers would wait for each other; more than one process can use. */
export function parsePoolMax(text: string): number {
  return parseInteger(text, 10, 100)
}

/** 0 and absent: for ever. */
export function parseRetentionDays(text: string): number | null {
  const days = parseInteger(text, 0, RETENTION_DAYS_MAX)
  return days === 0 ? null : days
}

export function parseLimit(text: string): number {
  return parseInteger(text, 0, LIMIT_MAX)
}

export function parseBoolean(text: string): boolean {
  const value = text.toLowerCase()
  if (value !== 'true' && value !== 'false') throw new Error(`must be true or false, not "${text}"`)
  return value === 'true'
}

export function parseHost(text: string): string {
  if (isIP(text) === 0 && !/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text)) {
    throw new Error(`must be an address or a host name, not "${text}"`)
  }
  return text
}

export function parseBasePath(text: string): string {
  const path = text.replace(/\/+$/, '')
  if (path !== '' && !/^(\/[A-Za-z0-9._~-]+)+$/.test(path)) {
    throw new Error(`must look like /tenant/packhouse, not "${text}"`)
  }
  return path
}

export function parseProxies(text: string): readonly string[] {
  return text.split(',').map((part) => {
    const [address = '', bits, ...rest] = part.trim().split('/')
    const version = isIP(address)
    const bitsMax = version === 4 ? 32 : 128
    // Without zones and /0: who believes everybody's headers lets every client choose its address.
    const isAddress = version !== 0 && !address.includes('%') && rest.length === 0
    if (!isAddress || (bits !== undefined && !isWithin(bits, bitsMax))) {
      throw new Error(`must list addresses or CIDRs from /1, "${part.trim()}" is neither`)
    }
    return part.trim()
  })
}

function isWithin(digits: string, max: number): boolean {
  return /^\d{1,3}$/.test(digits) && Number(digits) >= 1 && Number(digits) <= max
}

/** Never repeated: a URL that was pasted here by mistake may hold a password. */
export function parsePublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isPlain = url !== null && `${url.username}${url.password}${url.search}${url.hash}` === ''
  if (!isPlain || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('must be an http or https URL without user, query and fragment')
  }
  return text.replace(/\/+$/, '')
}

export function parseOrigins(text: string): readonly string[] {
  return text.split(',').map((part) => {
    const origin = part.trim()
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new Error(`must list origins such as https://pos.example.com, "${origin}" is none`)
    }
    return origin
  })
}

/** The URL may hold a password: it is never repeated. */
export function parseDatabaseUrl(text: string): string {
  if (!/^postgres(ql)?:/i.test(text)) throw new Error('must be a URL that starts with postgres://')
  if (URL.canParse(text)) return text
  // A password may hold what looks like a port: only what stands at the end of the host is one.
  const port = /:(\d+)(?=[/?#]|$)/.exec(text.slice(text.lastIndexOf('@') + 1))?.[1]
  if (Number(port) > PORT_MAX) throw new Error(`must have a port from 1 to ${PORT_MAX}`)
  throw new Error(
    'must look like postgres://user:password@host:5432/database; signs such as / ? # @ : in its user and password are written %2F %3F %23 %40 %3A',
  )
}

export function parseAdminApiKey(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text) || text.length < ADMIN_API_KEY_LENGTH_MIN) {
    throw new Error(
      `must have at least ${ADMIN_API_KEY_LENGTH_MIN} printable ASCII characters, without blanks`,
    )
  }
  return text
}

export function parsePortRanges(text: string): readonly PortRange[] {
  return text.split(',').map((part) => {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim())
    const first = Number(match?.[1] ?? 0)
    const last = Number(match?.[2] ?? first)
    if (first < 1 || last > PORT_MAX || first > last) {
      throw new Error(`must list ports or ranges such as 9100-9109, "${part.trim()}" is neither`)
    }
    return { first, last }
  })
}

export function parseSessionTtl(text: string): number {
  const hours = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || hours <= 0 || hours > SESSION_TTL_HOURS_MAX) {
    throw new Error(`must be a number of hours above 0, at most ${SESSION_TTL_HOURS_MAX}, not "${text}"`)
  }
  return hours * HOUR_MS
}

export function parseLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((name) => name === text.toLowerCase())
  if (level === undefined) throw new Error(`must be one of ${LOG_LEVELS.join(', ')}, not "${text}"`)
  return level
}
