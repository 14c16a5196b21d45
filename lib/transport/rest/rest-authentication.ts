import type { IncomingMessage } from 'node:http'
import type { Caller } from '../../access/caller.ts'
import { DomainError } from '../../errors.ts'
import type { Services } from '../../services.ts'
import { pageSessionOf } from '../http/page-session.ts'
import { RestRefusal } from './rest-refusal.ts'

export interface Authenticated {
  readonly caller: Caller
  /** The key or the session itself: it seals the answer to a request with an idempotency key. */
  readonly secret: string
}

/** Node writes names of headers in lower case, whatever they were. */
const KEY_HEADERS = ['px-api-key', 'x-api-key'] as const

/** Who calls, by the key in `PX-API-KEY` or else `X-API-KEY`, or else by a page's session. Throws RestRefusal `invalid_api_key`. */
export async function authenticate(
  services: Pick<Services, 'access' | 'apiKeys'>,
  request: IncomingMessage,
): Promise<Authenticated> {
  const apiKey = KEY_HEADERS.map((name) => request.headers[name]).find((value) => value !== undefined)
  const session = apiKey === undefined ? pageSessionOf(request) : undefined
  if (session !== undefined) return resume(services, session)
  const caller = typeof apiKey === 'string' ? await services.apiKeys.authenticate(apiKey) : undefined
  if (typeof apiKey === 'string' && caller) return { caller, secret: apiKey }
  throw new RestRefusal('invalid_api_key', 'The API key is missing, unknown or expired', {
    headers: { 'WWW-Authenticate': 'ApiKey' },
  })
}

async function resume({ access }: Pick<Services, 'access'>, session: string): Promise<Authenticated> {
  try {
    return { caller: await access.resumeSession(session), secret: session }
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'unauthenticated')) throw error
    throw new RestRefusal('invalid_api_key', 'The session has ended: sign in again')
  }
}
