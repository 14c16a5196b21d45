import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** RFC 4291, section 2.4: all that IANA has opened for unicast; the rest, `::a.b.c.d` among it, is refused unseen. */
const GLOBAL_UNICAST_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3')

/** Azure's host agent and metadata answer here, inside a public block. The other clouds use ranges refused anyway. */
const AZURE_METADATA_IPV4 = ipaddr.IPv4.parse('168.63.129.16')

/**
 * True for globally routable unicast alone: contracts/rpc.md, section 9, "address check". Refused by default: every range
 * of IANA's special-purpose registries and every form that carries IPv4 inside IPv6, whichever address it carries.
 * `address` is written as `net.isIP` accepts it; anything else is refused.
 */
export function isPublicAddress(address: string): boolean {
  // ipaddr.js reads `127.1` and zone ids too, which the socket would read its own way.
  if (isIP(address) === 0 || address.includes('%')) return false
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast') return false
  if (parsed instanceof ipaddr.IPv4) return !parsed.match(AZURE_METADATA_IPV4, 32)
  return parsed.match(GLOBAL_UNICAST_IPV6) && !isIsatap(parsed)
}

/** RFC 5214, section 6.1: the interface identifier `[02]00:5efe` wraps an IPv4 address. */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return parts[5] === 0x5efe && ((parts[4] ?? 0) & ~0x0200) === 0
}
