import { isIP } from 'node:net'

/** contracts/rpc.md, section 9. */
export const URL_LENGTH_MAX = 4096

export type UrlFault = 'too_long' | 'malformed' | 'scheme' | 'userinfo'

export type EgressUrl =
  | { readonly url: URL; readonly fault: null }
  | { readonly url: null; readonly fault: UrlFault }

/** An absolute http(s) URL without user name and password; with `base`, a reference resolved against it (RFC 9110, 10.2.2). */
export function parseEgressUrl(text: string, base?: URL): EgressUrl {
  if (isTooLong(text)) return { url: null, fault: 'too_long' }
  if (!URL.canParse(text, base?.href)) return { url: null, fault: 'malformed' }
  const url = new URL(text, base)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { url: null, fault: 'scheme' }
  if (url.username !== '' || url.password !== '') return { url: null, fault: 'userinfo' }
  return { url, fault: null }
}

/** Characters are code points; the first test keeps a huge string from being spread. */
function isTooLong(text: string): boolean {
  return (
    text.length > 2 * URL_LENGTH_MAX || (text.length > URL_LENGTH_MAX && [...text].length > URL_LENGTH_MAX)
  )
}

/** The host as sockets and resolvers take it: IPv6 without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}

/** WHATWG URL has turned decimal, hexadecimal, octal and short spellings into the plain address by now. */
export function isAddressLiteral(url: URL): boolean {
  return isIP(hostOf(url)) !== 0
}
