import type { Response } from 'express'
import type { StandingAccess } from '../../access/standing-access-service.ts'
import type { Authenticated } from './rest-authentication.ts'
import { RestRefusal } from './rest-refusal.ts'

export interface Ending {
  readonly draining: AbortSignal
  readonly standingAccess: StandingAccess
  readonly authenticated: Authenticated
  /** performance.now() from before the caller was authenticated. */
  readonly since: number
}

/**
 * Aborted when the server drains, and when the key or session that the request came with has ended: the reason is the
 * refusal then. One controller, not AbortSignal.any: what that makes may be collected while it is waited for (Node 20).
 */
export function endingOf(response: Response, ending: Ending): AbortSignal {
  const { draining, standingAccess, authenticated, since } = ending
  const controller = new AbortController()
  const drain = (): void => controller.abort()
  if (draining.aborted) drain()
  if (response.closed) return controller.signal
  draining.addEventListener('abort', drain)
  const letGo = standingAccess.hold({
    ...authenticated,
    since,
    end: () => controller.abort(new RestRefusal('invalid_api_key', 'The API key or the session has ended')),
  })
  response.once('close', () => {
    draining.removeEventListener('abort', drain)
    letGo()
  })
  return controller.signal
}
