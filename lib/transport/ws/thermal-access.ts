import type { IncomingMessage } from 'node:http'
import type { ApiKeysService } from '../../access/api-keys-service.ts'
import type { Caller } from '../../access/caller.ts'
import { includesScope, type Scope } from '../../access/scope.ts'

/** Where a request came in: contracts/thermal.md, section 1. */
export type ThermalDoor =
  | { readonly kind: 'main'; readonly basePath: string }
  | { readonly kind: 'local'; readonly origins: readonly string[] }

/** Refused with that status of HTTP. */
export class AccessRefused extends Error {
  override readonly name = 'AccessRefused'
  readonly status: 401 | 403

  constructor(status: 401 | 403) {
    super(`refused with ${status}`)
    this.status = status
  }
}

/** One for all connections of the loopback port. */
const LOCAL_ID = 'thermal_local'
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i
const KEY_PROTOCOL = 'packhouse.key.'

export interface Admitted {
  readonly caller: Caller
  /** What the connection stands by: it ends with that key. Null where none is needed and none was given. */
  readonly key: { readonly caller: Caller; readonly secret: string } | null
}

/** Who asks. Throws AccessRefused. */
export async function admit(
  apiKeys: ApiKeysService,
  request: IncomingMessage,
  { door, scope }: { readonly door: ThermalDoor; readonly scope: Scope },
): Promise<Admitted> {
  if (door.kind === 'local') assertLocal(request, door.origins)
  const key = await authenticate(apiKeys, keyOf(request))
  if (door.kind === 'local') return { caller: localCaller(key?.caller.locationId ?? null), key }
  if (!key || !includesScope(key.caller.scopes, scope)) throw new AccessRefused(401)
  return { caller: key.caller, key }
}

/** A key that is given must be right, also where none is needed. */
async function authenticate(apiKeys: ApiKeysService, secret: string | undefined): Promise<Admitted['key']> {
  if (secret === undefined) return null
  const caller = await apiKeys.authenticate(secret)
  if (!caller) throw new AccessRefused(401)
  return { caller, secret }
}

/** The request's path within the door, `/websocket/…`; undefined for any other. */
export function thermalPath({ url = '' }: IncomingMessage, door: ThermalDoor): string | undefined {
  const basePath = door.kind === 'main' ? door.basePath : ''
  const path = url.split('?', 1)[0] ?? ''
  if (!path.startsWith(`${basePath}/websocket/`)) return undefined
  return path.slice(basePath.length)
}

function assertLocal({ headers }: IncomingMessage, origins: readonly string[]): void {
  if (!LOOPBACK_HOST.test(headers.host ?? '')) throw new AccessRefused(403)
  const origin = headers.origin?.toLowerCase()
  if (origin !== undefined && !origins.some((allowed) => allowed.toLowerCase() === origin)) {
    throw new AccessRefused(403)
  }
}

/** The first that is present. */
function keyOf({ headers, url = '' }: IncomingMessage): string | undefined {
  for (const name of ['px-api-key', 'x-api-key']) {
    const value = headers[name]
    if (value !== undefined) return String(value)
  }
  const query = new URLSearchParams(url.split('?').slice(1).join('?')).get('api_key')
  if (query !== null) return query
  const protocol = headers['sec-websocket-protocol']?.split(',')[0]?.trim()
  return protocol?.startsWith(KEY_PROTOCOL) ? protocol.slice(KEY_PROTOCOL.length) : undefined
}

function localCaller(locationId: string | null): Caller {
  return {
    kind: 'key',
    id: LOCAL_ID,
    name: LOCAL_ID,
    role: null,
    scopes: ['thermal:write'],
    merchantId: null,
    locationId,
  }
}
