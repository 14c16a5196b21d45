import type { LookupAddress } from 'node:dns'
import { type AgentOptions, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { LookupFunction } from 'node:net'

export interface PinnedAgents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
}

/**
 * Agents that know no other addresses than the checked ones, so that no second lookup can answer differently. Both schemes:
 * got takes the global agent for one that is missing.
 */
export function pinnedAgents(addresses: readonly LookupAddress[], options: AgentOptions): PinnedAgents {
  const lookup: LookupFunction = (_hostName, { all }, done) => {
    const [first] = addresses
    if (all === true) done(null, [...addresses])
    else done(null, first?.address ?? '', first?.family)
  }
  const pinned = { ...options, lookup }
  return { http: new HttpAgent(pinned), https: new HttpsAgent(pinned) }
}
