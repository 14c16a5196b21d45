import type { AccessService } from '../../access/access-service.ts'
import type { Caller } from '../../access/caller.ts'
import { authenticateCall } from './rpc-authentication.ts'

/** Who is behind the sessions of one HTTP request: looked up once each, for the limits and for the calls. */
export interface Identities {
  /** The caller that `session`, or the `Authorization` header where it is null, names. Throws RpcRefusal. */
  of(session: unknown): Promise<Caller>
  /** A session has ended: whoever comes later in the batch is looked up again. */
  forget(): void
}

export function createIdentities(access: AccessService, authorization: string | undefined): Identities {
  const known = new Map<unknown, Promise<Caller>>()
  return {
    of(session) {
      const found = known.get(session ?? null) ?? authenticateCall(access, session, authorization)
      known.set(session ?? null, found)
      return found
    },
    forget: () => known.clear(),
  }
}
