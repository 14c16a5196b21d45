import type { AccessService } from '../../access/access-service.ts'
import type { Caller } from '../../access/caller.ts'
import { DomainError } from '../../errors.ts'
import { GLOBAL_FAULTS } from '../faults.ts'
import { refuse } from './rpc-error.ts'

const SCHEME = /^(basic|bearer)(?: +(\S*))? *$/i

/**
 * Who calls: the session if one is given, else the `Authorization` header; contracts/rpc.md, section 5. Throws
 * RpcRefusal: fault 5 without a valid session, fault 2 for wrong Basic credentials.
 */
export async function authenticateCall(
  access: AccessService,
  session: unknown,
  authorization: string | undefined,
): Promise<Caller> {
  if (session !== null && session !== undefined) return resume(access, session)
  const [, scheme, credentials = ''] = SCHEME.exec(authorization ?? '') ?? []
  if (scheme === undefined) throw refuse(GLOBAL_FAULTS.session)
  return scheme.toLowerCase() === 'bearer' ? resume(access, credentials) : basic(access, credentials)
}

async function resume(access: AccessService, session: unknown): Promise<Caller> {
  if (typeof session !== 'string') throw refuse(GLOBAL_FAULTS.session)
  try {
    return await access.resumeSession(session)
  } catch (error) {
    if (error instanceof DomainError && error.code === 'unauthenticated') throw refuse(GLOBAL_FAULTS.session)
    throw error
  }
}

/** RFC 7617: user name and key in UTF-8, parted by the first colon. */
async function basic(access: AccessService, credentials: string): Promise<Caller> {
  const decoded = Buffer.from(credentials, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  const caller =
    colon > 0 ? await access.authenticate(decoded.slice(0, colon), decoded.slice(colon + 1)) : undefined
  if (!caller) throw refuse(GLOBAL_FAULTS.denied)
  return caller
}
