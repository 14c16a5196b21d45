import { isIP } from 'node:net'
import { type EgressAllow, parseEgressAllow } from './egress/egress-allow.ts'

/** The environment, parsed once: contracts/running.md, "Environment". */
export interface Config {
  readonly http: {
    readonly host: string
    /** 0 picks a free one. */
    readonly port: number
    /** Starts with a slash and doesn't end with one; empty for none. */
    readonly basePath: string
    readonly trustProxy: readonly string[]
    /** Without a slash at its end; null: `http://HOST:PORT`. */
    readonly publicUrl: string | null
  }
  /** Null: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | null
  /** Null: chosen by defaultDataDir(). */
  readonly dataDir: string | null
  readonly isDemo: boolean
  readonly adminApiKey: string | null
  readonly egressAllow: EgressAllow
  readonly printerPorts: readonly PortRange[]
  readonly thermal: {
    /** Also serve the thermal WebSocket on this loopback port; null: don't. */
    readonly port: number | null
    /** As browsers send them in `Origin`. */
    readonly origins: readonly string[]
  }
  readonly sessionTtlMs: number
  readonly rpcLimits: RateLimit & { readonly concurrency: number }
  readonly restLimits: RateLimit
  readonly isPaperSizeRequired: boolean
  readonly logLevel: LogLevel
}

/** A token bucket that starts full; 0 switches a limit off. */
export interface RateLimit {
  readonly requestsPerSecond: number
  readonly burst: number
}

export interface PortRange {
  readonly first: number
  readonly last: number
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const PORT_MAX = 65_535
/** Beyond it a limit limits nothing: 0 is the way to switch one off. */
const LIMIT_MAX = 1_000_000
const HOUR_MS = 3_600_000
/** Ten years: an expiry beyond it is a mistake in the unit. */
const SESSION_TTL_HOURS_MAX = 87_600
/** Shorter keys can be guessed; generated ones have 40 characters. */
const ADMIN_API_KEY_LENGTH_MIN = 8

type Environment = Readonly<Record<string, string | undefined>>

/** All mistakes of the environment at once, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly mistakes: readonly string[]
  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.mistakes = mistakes
  }
}

/** Pure. Throws ConfigError with every mistake. An empty variable counts as absent. */
export function readConfig(environment: Environment): Config {
  const read = new Reader(environment)
  const databaseUrl = read.value('DATABASE_URL', parseDatabaseUrl, null)
  const config: Config = {
    http: {
      host: read.value('HOST', parseHost, '127.0.0.1'),
      port: read.value('PORT', (text) => parseInteger(text, 0, PORT_MAX), 8080),
      basePath: read.value('BASE_PATH', parseBasePath, ''),
      trustProxy: read.value('TRUST_PROXY', parseProxies, []),
      publicUrl: read.value('PUBLIC_URL', parsePublicUrl, null),
    },
    databaseUrl,
    dataDir: read.value('DATA_DIR', (text) => text, null),
    isDemo: read.value('DEMO', parseBoolean, databaseUrl === null),
    adminApiKey: read.value('ADMIN_API_KEY', parseAdminApiKey, null),
    egressAllow: read.value('EGRESS_ALLOW', parseEgressAllow, parseEgressAllow('')),
    printerPorts: read.value('PRINTER_PORTS', parsePortRanges, parsePortRanges('443,515,631,9100-9109')),
    thermal: {
      port: read.value('THERMAL_PORT', (text) => parseInteger(text, 1, PORT_MAX), null),
      origins: read.value('THERMAL_ORIGINS', parseOrigins, []),
    },
    sessionTtlMs: read.value('SESSION_TTL_HOURS', parseSessionTtl, 24 * HOUR_MS),
    rpcLimits: {
      requestsPerSecond: read.value('RPC_RATE_LIMIT', parseLimit, 10),
      burst: read.value('RPC_RATE_BURST', parseLimit, 60),
      concurrency: read.value('RPC_CONCURRENCY', parseLimit, 5),
    },
    restLimits: {
      requestsPerSecond: read.value('REST_RATE_LIMIT', parseLimit, 20),
      burst: read.value('REST_RATE_BURST', parseLimit, 100),
    },
    isPaperSizeRequired: read.value('REQUIRE_PAPER_SIZE', parseBoolean, false),
    logLevel: read.value('LOG_LEVEL', parseLogLevel, 'info'),
  }
  if (read.mistakes.length > 0) throw new ConfigError(read.mistakes)
  return Object.freeze(config)
}

class Reader {
  readonly mistakes: string[] = []
  readonly #environment: Environment

  constructor(environment: Environment) {
    this.#environment = environment
  }

  /** The parser throws an Error whose message completes "VARIABLE …". */
  value<T, Fallback>(name: string, parse: (text: string) => T, fallback: Fallback): T | Fallback {
    const text = this.#environment[name]?.trim() ?? ''
    if (text === '') return fallback
    try {
      return parse(text)
    } catch (error) {
      this.mistakes.push(`${name} ${error instanceof Error ? error.message : String(error)}`)
      return fallback
    }
  }
}

function parseInteger(text: string, min: number, max: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new Error(`must be a whole number from ${min} to ${max}, not "${text}"`)
  }
  return value
}

function parseLimit(text: string): number {
  return parseInteger(text, 0, LIMIT_MAX)
}

function parseBoolean(text: string): boolean {
  const value = text.toLowerCase()
  if (value !== 'true' && value !== 'false') throw new Error(`must be true or false, not "${text}"`)
  return value === 'true'
}

function parseHost(text: string): string {
  if (isIP(text) === 0 && !/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text)) {
    throw new Error(`must be an address or a host name, not "${text}"`)
  }
  return text
}

function parseBasePath(text: string): string {
  const path = text.replace(/\/+$/, '')
  if (path !== '' && !/^(\/[A-Za-z0-9._~-]+)+$/.test(path)) {
    throw new Error(`must look like /tenant/packhouse, not "${text}"`)
  }
  return path
}

function parseProxies(text: string): readonly string[] {
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
function parsePublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isPlain = url !== null && `${url.username}${url.password}${url.search}${url.hash}` === ''
  if (!isPlain || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error('must be an http or https URL without user, query and fragment')
  }
  return text.replace(/\/+$/, '')
}

function parseOrigins(text: string): readonly string[] {
  return text.split(',').map((part) => {
    const origin = part.trim()
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new Error(`must list origins such as https://pos.example.com, "${origin}" is none`)
    }
    return origin
  })
}

/** The URL may hold a password: it is never repeated. */
function parseDatabaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new Error('must be a URL that starts with postgres://')
  }
  return text
}

function parseAdminApiKey(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text) || text.length < ADMIN_API_KEY_LENGTH_MIN) {
    throw new Error(
      `must have at least ${ADMIN_API_KEY_LENGTH_MIN} printable ASCII characters, without blanks`,
    )
  }
  return text
}

function parsePortRanges(text: string): readonly PortRange[] {
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

function parseSessionTtl(text: string): number {
  const hours = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || hours <= 0 || hours > SESSION_TTL_HOURS_MAX) {
    throw new Error(`must be a number of hours above 0, at most ${SESSION_TTL_HOURS_MAX}, not "${text}"`)
  }
  return hours * HOUR_MS
}

function parseLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((name) => name === text.toLowerCase())
  if (level === undefined) throw new Error(`must be one of ${LOG_LEVELS.join(', ')}, not "${text}"`)
  return level
}
