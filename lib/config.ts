import {
  HOUR_MS,
  type LOG_LEVELS,
  POOL_MAX_DEFAULT,
  PORT_MAX,
  parseAdminApiKey,
  parseBasePath,
  parseBoolean,
  parseDatabaseUrl,
  parseHost,
  parseInteger,
  parseLimit,
  parseLogLevel,
  parseOrigins,
  parsePoolMax,
  parsePortRanges,
  parseProxies,
  parsePublicUrl,
  parseRetentionDays,
  parseSessionTtl,
} from './config-values.ts'
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
  /** Of this process, for all but the listener (1) and the webhooks (3). */
  readonly databasePoolMax: number
  /** Null: chosen by defaultDataDir(). */
  readonly dataDir: string | null
  readonly isDemo: boolean
  readonly adminApiKey: string | null
  readonly egressAllow: EgressAllow
  readonly printerPorts: readonly PortRange[]
  /** Whether the networks that this host is in may be asked for printers. */
  readonly isPrinterDiscoveryOn: boolean
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
  /** Null: documents are kept for ever. */
  readonly documentRetentionDays: number | null
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

/** pino's levels. */
export type LogLevel = (typeof LOG_LEVELS)[number]

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
    databasePoolMax: read.value('DATABASE_POOL_MAX', parsePoolMax, POOL_MAX_DEFAULT),
    dataDir: read.value('DATA_DIR', (text) => text, null),
    isDemo: read.value('DEMO', parseBoolean, databaseUrl === null),
    adminApiKey: read.value('ADMIN_API_KEY', parseAdminApiKey, null),
    egressAllow: read.value('EGRESS_ALLOW', parseEgressAllow, parseEgressAllow('')),
    printerPorts: read.value('PRINTER_PORTS', parsePortRanges, parsePortRanges('443,515,631,9100-9109')),
    isPrinterDiscoveryOn: read.value('PRINTER_DISCOVERY', parseBoolean, false),
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
    documentRetentionDays: read.value('DOCUMENT_RETENTION_DAYS', parseRetentionDays, null),
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
