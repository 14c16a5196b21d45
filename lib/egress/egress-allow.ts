import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import ipaddr from 'ipaddr.js'

/** What EGRESS_ALLOW lets through although it is private or loopback: contracts/running.md. */
export interface EgressAllow {
  readonly networks: readonly AllowedNetwork[]
  readonly names: readonly AllowedName[]
}

interface AllowedNetwork {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6
  readonly prefixBits: number
  /** null: every port. */
  readonly port: number | null
}

interface AllowedName {
  /** As WHATWG URL writes a host: lower case, IDNA in ASCII. */
  readonly name: string
  readonly port: number | null
}

export const NOTHING_ALLOWED: EgressAllow = { networks: [], names: [] }

const IS_URL = 'is a URL: leave out what stands before and behind the host and its port'

/**
 * Reads comma-separated CIDRs, addresses and host names, each with `:port` or without: `10.0.0.0/8`, `[::1]:8080`,
 * `labels.lan:9100`. Empty entries are skipped. Throws one Error that lists every mistake.
 */
export function parseEgressAllow(text: string): EgressAllow {
  const networks: AllowedNetwork[] = []
  const names: AllowedName[] = []
  const mistakes: string[] = []
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue
    const parsed = entry.includes('://') ? IS_URL : parseEntry(entry)
    if (typeof parsed === 'string') mistakes.push(`"${entry}" ${parsed}`)
    else if ('name' in parsed) names.push(parsed)
    else networks.push(parsed)
  }
  if (mistakes.length > 0) throw new Error(mistakes.join('; '))
  return { networks, names }
}

/** `hostName` as `URL.hostname` gives it. */
export function allowsName(allow: EgressAllow, hostName: string, port: number): boolean {
  return allow.names.some((entry) => entry.name === hostName && allowsPort(entry.port, port))
}

export function allowsAddress(allow: EgressAllow, address: string, port: number): boolean {
  if (isIP(address) === 0) return false
  const candidate = ipaddr.parse(address)
  return allow.networks.some((network) => allowsPort(network.port, port) && contains(network, candidate))
}

function allowsPort(allowed: number | null, port: number): boolean {
  return allowed === null || allowed === port
}

function contains({ address, prefixBits }: AllowedNetwork, candidate: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address instanceof ipaddr.IPv4) {
    return candidate instanceof ipaddr.IPv4 && candidate.match(address, prefixBits)
  }
  return candidate instanceof ipaddr.IPv6 && candidate.match(address, prefixBits)
}

/** The entry, or what is wrong with it. */
function parseEntry(entry: string): AllowedNetwork | AllowedName | string {
  const { host, port: portText } = splitPort(entry)
  const port = portText === null ? null : parsePort(portText)
  if (port === undefined) return 'has a port that is not 1 to 65535'
  const [address = '', prefix, ...rest] = host.split('/')
  const version = address.includes('%') ? 0 : isIP(address)
  if (version !== 0 && rest.length === 0) {
    const prefixBits = parsePrefix(prefix, version === 4 ? 32 : 128)
    if (prefixBits === undefined) return 'has a prefix length out of range'
    return { address: ipaddr.parse(address), prefixBits, port }
  }
  const name = parseName(host)
  return name === undefined ? 'is not an address, a CIDR or a host name' : { name, port }
}

/** Two colons without brackets are an IPv6 address, never an address and a port. */
function splitPort(entry: string): { host: string; port: string | null } {
  const bracketed = /^\[([^[\]]*:[^[\]]*)\](\/\d+)?(?::(.*))?$/.exec(entry)
  if (bracketed) return { host: `${bracketed[1]}${bracketed[2] ?? ''}`, port: bracketed[3] ?? null }
  const [host = '', port, ...rest] = entry.split(':')
  if (port === undefined || rest.length > 0) return { host: entry, port: null }
  return { host, port }
}

function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : undefined
}

function parsePrefix(text: string | undefined, bitsMax: number): number | undefined {
  if (text === undefined) return bitsMax
  const bits = /^\d{1,3}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY
  return bits <= bitsMax ? bits : undefined
}

/** Container networks use underscores in names, so they pass; `127.1` and `0x7f000001` are addresses, not names. */
function parseName(text: string): string | undefined {
  // domainToASCII cuts off what begins a path, a query, a fragment or a user.
  if (/[/\\?#@]/.test(text)) return undefined
  const name = domainToASCII(text)
  const isHostName =
    /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?$/.test(name)
  return isHostName && isIP(name) === 0 ? name : undefined
}
