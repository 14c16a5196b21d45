import { LRUCache } from 'lru-cache'
import type { EgressTarget } from './egress-guard.ts'
import { type PinnedAgents, pinnedAgents } from './pinned-agents.ts'

const RECEIVERS_MAX = 200
/** A receiver's connections are new ones after that, so that a load balancer can send them elsewhere. */
const AGE_MAX_MS = 60_000
/** Under what servers usually wait for the next request: two seconds and more. */
const IDLE_MAX_MS = 1_000
const IDLE_CONNECTIONS_MAX = 4

/** Connections to receivers that get one request after the other. Each goes to an address that was checked for this request. */
export class KeptConnections {
  readonly #agents = new LRUCache<string, PinnedAgents>({ max: RECEIVERS_MAX, ttl: AGE_MAX_MS })

  agentsFor({ url, addresses }: EgressTarget): PinnedAgents {
    // Other addresses than before: those of before are not among the checked ones.
    const key = [url.origin, ...addresses.map(({ address }) => address).sort()].join(' ')
    const known = this.#agents.get(key)
    if (known) return known
    // Those that are forgotten end by themselves: none of them waits for long, and others may be in use.
    const agents = pinnedAgents(addresses, {
      keepAlive: true,
      timeout: IDLE_MAX_MS,
      maxFreeSockets: IDLE_CONNECTIONS_MAX,
    })
    this.#agents.set(key, agents)
    return agents
  }
}
