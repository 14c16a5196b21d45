import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import type { IppConnection, SocketConnection } from '../delivery/connection.ts'
import { identityCheck, toEndpoint } from '../delivery/ipp-endpoint.ts'

/** What a station client is told by its configuration file: docs/stations.md. */
export interface ClientConfig {
  /** With the base path, without a slash at the end. */
  readonly server: string
  readonly apiKey: string
  readonly stationId: string
  /** Where the journal is kept. */
  readonly stateDir: string
  /** How each printer of the station is reached from here, by its name. */
  readonly printers: ReadonlyMap<string, LocalPrinter>
}

export type LocalPrinter = IppConnection | SocketConnection

/** All mistakes of the configuration at once. */
export class ClientConfigError extends Error {
  override readonly name = 'ClientConfigError'
  readonly mistakes: readonly string[]
  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.mistakes = mistakes
  }
}

type Members = Readonly<Record<string, unknown>>

const PRINTERS_MAX = 200
const PORT_MAX = 65_535

/** Throws ClientConfigError. A key may stand in a file of its own, as systemd hands credentials over. */
export function readClientConfig(path: string): ClientConfig {
  const members = readFile(path)
  const mistakes: string[] = []
  const check = <T>(name: string, read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      mistakes.push(`${name} ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }
  const server = check('server', () => readServer(members['server']))
  const apiKey = check('api_key', () => readApiKey(members))
  const stationId = check('station_id', () => readText(members['station_id']))
  const stateDir = check('state_dir', () => readText(members['state_dir']))
  const printers = readPrinters(members['printers'], check)
  const isComplete = server !== undefined && apiKey !== undefined && stationId !== undefined
  if (!isComplete || stateDir === undefined || mistakes.length > 0) throw new ClientConfigError(mistakes)
  return { server, apiKey, stationId, stateDir, printers }
}

function readFile(path: string): Members {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return membersOf(value)
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is not JSON' : `can't be read: ${wordsOf(error)}`
    throw new ClientConfigError([`${path} ${why}`])
  }
}

function readServer(value: unknown): string {
  const text = readText(value)
  const isHttp = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
  if (!isHttp) throw new Error('must be like https://packhouse.example')
  return text.replace(/\/+$/, '')
}

function readApiKey(members: Members): string {
  const key =
    members['api_key_file'] === undefined
      ? readText(members['api_key'])
      : readText(readFileSync(readText(members['api_key_file']), 'utf8')).trim()
  // No header takes anything else, and whoever refused it would quote the key.
  if (!/^[\x21-\x7e]+$/.test(key)) throw new Error('must be one word of ASCII characters')
  return key
}

function readPrinters(
  value: unknown,
  check: <T>(name: string, read: () => T) => T | undefined,
): ReadonlyMap<string, LocalPrinter> {
  const entries = check('printers', () => {
    const named = Object.entries(membersOf(value))
    if (named.length === 0 || named.length > PRINTERS_MAX)
      throw new Error(`must name 1 to ${PRINTERS_MAX} printers`)
    return named
  })
  const printers = new Map<string, LocalPrinter>()
  for (const [name, given] of entries ?? []) {
    const printer = check(`printers.${name}`, () => readPrinter(membersOf(given)))
    if (printer) printers.set(name, printer)
  }
  return printers
}

function readPrinter({
  type,
  host,
  port,
  language = 'pdf',
  uri,
  username,
  password,
  ca,
}: Members): LocalPrinter {
  if (type === 'ipp') {
    const connection = {
      type,
      uri: readText(uri),
      ...(username !== undefined && { username: readText(username) }),
      ...(password !== undefined && { password: readText(password) }),
      ...(ca !== undefined && { ca: readText(ca) }),
    } as const
    toEndpoint(connection)
    if (connection.ca !== undefined) identityCheck(connection.ca)
    return connection
  }
  if (type !== 'socket') throw new Error('must have the type ipp or socket')
  if (language !== 'pdf') throw new Error('must have the language pdf: that is what a station client is sent')
  return { type, host: readHost(host), port: readPort(port), language }
}

function readHost(value: unknown): string {
  const host = readText(value)
  if (isIP(host) === 0 && !/^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?$/.test(host)) {
    throw new Error('must have a host name or address as its host')
  }
  return host
}

function readPort(value: unknown): number {
  const isPort = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= PORT_MAX
  if (!isPort) throw new Error('must have a port from 1 to 65535')
  return value
}

function readText(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw new Error('is missing')
  return value
}

function membersOf(value: unknown): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
  throw new Error('must be an object')
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
