import type { LookupAddress } from 'node:dns'
import { lookup as systemLookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { unlessAborted } from '../within-time.ts'
import { isPublicAddress } from './address-policy.ts'
import { EgressError } from './egress.ts'
import { allowsAddress, allowsName, type EgressAllow } from './egress-allow.ts'
import { hostOf, isAddressLiteral, portOf } from './egress-url.ts'

/** All addresses of a name; rejects if there are none. */
export type HostLookup = (hostName: string) => Promise<readonly LookupAddress[]>

/** The part of pino's logger that egress uses. Fields never hold a path, a query or a header. */
export interface EgressLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
}

/** A URL with the addresses a connection for it may go to, and no others. */
export interface EgressTarget {
  readonly url: URL
  readonly addresses: readonly LookupAddress[]
}

export interface EgressGuardOptions {
  readonly allow: EgressAllow
  /** Default: the operating system's resolver, hosts file included. */
  readonly lookup?: HostLookup | undefined
  readonly log?: EgressLog | undefined
}

/** The address check of contracts/rpc.md, section 9, for whatever is to be sent: downloads, webhooks. */
export interface EgressGuard {
  /** Resolves the host once and checks every address of the answer. Throws EgressError `blocked` or `unreachable`. */
  admit(url: URL, signal: AbortSignal): Promise<EgressTarget>
  /** True if the URL's host is an address that `admit` refuses. Asks no resolver: names are never refused here. */
  refusesLiteral(url: URL): boolean
}

export function createEgressGuard({ allow, lookup = lookupAll, log }: EgressGuardOptions): EgressGuard {
  const names = new PendingLookups(lookup)
  const mayReach = (url: URL, address: string): boolean =>
    isPublicAddress(address) || allowsAddress(allow, address, portOf(url))

  return {
    async admit(url, signal) {
      const addresses = await resolveHost(url, names, signal, log)
      const isAllowedName = allowsName(allow, url.hostname, portOf(url))
      if (isAllowedName || addresses.every(({ address }) => mayReach(url, address))) return { url, addresses }
      log?.info({ host: url.host, addresses: addresses.map(({ address }) => address) }, 'egress refused')
      // One wording for literals and names, without the address: the answer must not map the network behind us.
      throw new EgressError('blocked', `${url.host} is not a public address`)
    },
    refusesLiteral: (url) => isAddressLiteral(url) && !mayReach(url, hostOf(url)),
  }
}

async function resolveHost(
  url: URL,
  names: PendingLookups,
  signal: AbortSignal,
  log: EgressLog | undefined,
): Promise<readonly LookupAddress[]> {
  const host = hostOf(url)
  if (isAddressLiteral(url)) return [{ address: host, family: isIP(host) }]
  signal.throwIfAborted()
  try {
    // getaddrinfo can't be called off; its answer is left behind instead.
    const addresses = await unlessAborted(names.ask(host), signal)
    if (addresses.length > 0) return addresses
  } catch (error) {
    if (signal.aborted || error instanceof EgressError) throw error
    log?.info({ host: url.host, code: codeOf(error) }, 'egress lookup failed')
  }
  throw new EgressError('unreachable', `the name ${url.host} could not be resolved`)
}

const LOOKUPS_MAX = 64

/**
 * The platform makes two lookups at a time, and one that nobody waits for any more goes on: of a name whose servers are silent
 * for some ten seconds. Asked anew for every request, one such name would keep all others waiting, printers' among them.
 */
class PendingLookups {
  readonly #lookup: HostLookup
  readonly #pending = new Map<string, Promise<readonly LookupAddress[]>>()

  constructor(lookup: HostLookup) {
    this.#lookup = lookup
  }

  /** Its answer is that of a lookup which is under way, if there is one; it is kept for nobody who comes later. */
  ask(host: string): Promise<readonly LookupAddress[]> {
    const known = this.#pending.get(host)
    if (known) return known
    if (this.#pending.size >= LOOKUPS_MAX) {
      throw new EgressError('unreachable', `more than ${LOOKUPS_MAX} names are being looked up`)
    }
    const asked = this.#lookup(host).finally(() => this.#pending.delete(host))
    this.#pending.set(host, asked)
    return asked
  }
}

function lookupAll(hostName: string): Promise<LookupAddress[]> {
  return systemLookup(hostName, { all: true })
}

/** The system's short code for a fault. The message is left out: it holds addresses. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}
