/** What is on a badge: the name, a colon, the key, as Basic authentication joins them. Null: it is no badge. */
export function readBadge(scanned: string): { readonly username: string; readonly apiKey: string } | null {
  const colon = scanned.indexOf(':')
  if (colon <= 0 || colon === scanned.length - 1) return null
  return { username: scanned.slice(0, colon).trim(), apiKey: scanned.slice(colon + 1).trim() }
}
