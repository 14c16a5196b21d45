import type { Logger } from 'pino'
import type { Db } from '../db/database.ts'
import { listSessionUsers } from './access-store.ts'
import { keyCaller } from './api-key.ts'
import { listValidKeys } from './api-key-store.ts'
import type { Caller } from './caller.ts'
import { includesScope } from './scope.ts'
import { hashSecret } from './secret.ts'

/**
 * Connections that stay open: event streams, waits for a job, WebSockets. Whoever opened one was judged then; this ends it
 * when that judgement doesn't hold any more, in whichever process it is: the key or the session has ended, the user is
 * disabled, a scope or the location is gone.
 */
export interface StandingAccess {
  /** Answers how to let go. `end` is called at most once, and not after that. */
  hold(holding: Holding): () => void
  /** The rights of that key, user or session have changed, as some process says. */
  hear(subject: string): void
  /** Something may have been missed: all are looked at. */
  catchUp(): void
  close(): void
}

export interface Holding {
  readonly caller: Caller
  /** The key or the session itself. */
  readonly secret: string
  /** performance.now() from before the caller was judged: what has changed since counts. */
  readonly since: number
  end(): void
}

interface Held {
  readonly caller: Caller
  /** What it stands by: the key's id, or the session's hash in hexadecimal. */
  readonly by: string
  end(): void
}

/** Finds what has expired, and what no notification told. */
const LOOK_MS = 10_000
/** Longer than a caller's judgement takes, from its first statement to `hold`. */
const HEARD_MS = 60_000
const HEARD_MAX = 10_000

export function createStandingAccess(options: { db: Db; log: Logger; lookMs?: number }): StandingAccess {
  const { db, log, lookMs = LOOK_MS } = options
  const all = new Set<Held>()
  const heard = new Map<string, number>()

  const look = async (held: readonly Held[]): Promise<void> => {
    if (held.length === 0) return
    try {
      const current = await rightsOf(db, held)
      for (const one of held) {
        if (all.has(one) && !covers(current.get(one.by), one.caller)) end(one)
      }
    } catch (error) {
      // The next look is soon.
      log.warn({ err: error }, 'could not look whether keys and sessions of open connections still hold')
    }
  }
  const end = (held: Held): void => {
    all.delete(held)
    held.end()
  }
  const lookAtAll = (): void => {
    const oldest = performance.now() - HEARD_MS
    for (const [subject, at] of heard) if (at < oldest) heard.delete(subject)
    void look([...all])
  }
  const looking = setInterval(lookAtAll, lookMs).unref()

  return {
    hold({ caller, secret, since, end: onEnd }) {
      const by = caller.kind === 'key' ? caller.id : hashSecret(secret).toString('hex')
      const held: Held = { caller, by, end: onEnd }
      all.add(held)
      const changedAt = Math.max(heard.get(by) ?? 0, heard.get(caller.id) ?? 0)
      if (changedAt >= since) void look([held])
      return () => all.delete(held)
    },

    hear(subject) {
      const [oldest] = heard.keys()
      if (heard.size >= HEARD_MAX && oldest !== undefined) heard.delete(oldest)
      heard.set(subject, performance.now())
      void look([...all].filter(({ by, caller }) => by === subject || caller.id === subject))
    },

    catchUp: lookAtAll,
    close: () => clearInterval(looking),
  }
}

/** As things are now, by key and session; without those that have ended. */
async function rightsOf(db: Db, held: readonly Held[]): Promise<ReadonlyMap<string, Caller>> {
  const subjects = (kind: Caller['kind']) => [
    ...new Set(held.filter(({ caller }) => caller.kind === kind).map(({ by }) => by)),
  ]
  const keyIds = subjects('key')
  const sessions = subjects('user')
  const keys = keyIds.length > 0 ? await listValidKeys(db, keyIds) : []
  const users = sessions.length > 0 ? await listSessionUsers(db, sessions) : []
  return new Map([
    ...keys.map((key) => [key.keyId, keyCaller(key)] as const),
    ...users.map(({ sessionHash, caller }) => [sessionHash, caller] as const),
  ])
}

/** Whether who was let in with those rights would be let in now. */
function covers(now: Caller | undefined, then: Caller): boolean {
  if (!now) return false
  const isReached = now.locationId === null || now.locationId === then.locationId
  if (then.kind === 'user') return isReached && now.role === then.role && now.merchantId === then.merchantId
  return isReached && then.scopes.every((scope) => includesScope(now.scopes, scope))
}
