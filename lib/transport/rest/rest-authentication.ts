import type { IncomingMessage } from 'node:http'
import type { ApiKeysService } from '../../access/api-keys-service.ts'
import type { Caller } from '../../access/caller.ts'
import { RestRefusal } from './rest-refusal.ts'

export interface Authenticated {
  readonly caller: Caller
  /** The key itself: it seals the answer to a request with an idempotency key. */
  readonly apiKey: string
}

/** Node writes names of headers in lower case, whatever they were. */
const KEY_HEADERS = ['px-api-key', 'x-api-key'] as const

/** Who calls, by the key in `PX-API-KEY` or else `X-API-KEY`. Throws RestRefusal `invalid_api_key`. */
export async function authenticate(
  apiKeys: ApiKeysService,
  { headers }: IncomingMessage,
): Promise<Authenticated> {
  const apiKey = KEY_HEADERS.map((name) => headers[name]).find((value) => value !== undefined)
  const caller = typeof apiKey === 'string' ? await apiKeys.authenticate(apiKey) : undefined
  if (typeof apiKey === 'string' && caller) return { caller, apiKey }
  throw new RestRefusal('invalid_api_key', 'The API key is missing, unknown or expired', {
    headers: { 'WWW-Authenticate': 'ApiKey' },
  })
}
