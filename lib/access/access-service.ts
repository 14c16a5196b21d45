import { signalAccess } from '../db/access-signals.ts'
import type { Db } from '../db/database.ts'
import { isStorableText } from '../db/storable-text.ts'
import { DomainError } from '../errors.ts'
import {
  deleteExpiredSessions,
  deleteSession,
  findSessionUser,
  findUserByName,
  insertSession,
} from './access-store.ts'
import type { Caller } from './caller.ts'
import { hashSecret, isSameHash, newSessionId } from './secret.ts'

/** An unknown user costs as much as a wrong key. */
const NOBODY_KEY_HASH = hashSecret('')
const EXPIRED_SESSIONS_PER_LOGIN = 100

/** Who is calling: contracts/rpc.md, section 5. */
export interface AccessService {
  /** The user with that name and key, enabled; undefined otherwise. */
  authenticate(username: string, apiKey: string): Promise<Caller | undefined>
  /** A new session of that user. The id is answered here once; its hash alone is stored. */
  openSession(caller: Caller): Promise<string>
  /** Throws `unauthenticated` for a session that is unknown, ended or expired. */
  resumeSession(sessionId: string): Promise<Caller>
  endSession(sessionId: string): Promise<void>
}

export function createAccessService(options: { db: Db; sessionTtlMs: number }): AccessService {
  const { db, sessionTtlMs } = options
  return {
    async authenticate(username, apiKey) {
      const user = isStorableText(username) ? await findUserByName(db, username) : undefined
      const isKeyRight = isSameHash(hashSecret(apiKey), user?.apiKeyHash ?? NOBODY_KEY_HASH)
      return user && isKeyRight ? user.caller : undefined
    },

    async openSession(caller) {
      const sessionId = newSessionId()
      await deleteExpiredSessions(db, EXPIRED_SESSIONS_PER_LOGIN)
      await insertSession(db, { sessionHash: hashSecret(sessionId), userId: caller.id, ttlMs: sessionTtlMs })
      return sessionId
    },

    async resumeSession(sessionId) {
      const caller = await findSessionUser(db, hashSecret(sessionId))
      if (!caller) throw new DomainError('unauthenticated', 'no such session')
      return caller
    },

    async endSession(sessionId) {
      const sessionHash = hashSecret(sessionId)
      await deleteSession(db, sessionHash)
      await signalAccess(db, sessionHash.toString('hex'))
    },
  }
}
