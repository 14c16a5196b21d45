import { setTimeout as delay } from 'node:timers/promises'
import type { Knex } from 'knex'
import { isMigrated } from './migrations.ts'
import type { Notifications } from './notifications.ts'

/** Whoever asks for readiness has a timeout of its own, often 5 s. */
const READINESS_MS = 3_000

/** Null when ready: contracts/running.md, "Probes". */
export async function whyNotReady(db: Knex, notifications: Notifications): Promise<string | null> {
  const late = new AbortController()
  const unreachable = delay(READINESS_MS, 'late' as const, { signal: late.signal })
  try {
    const migrated = await Promise.race([isMigrated(db), unreachable])
    if (migrated === 'late') return 'the database does not answer'
    if (!migrated) return 'the database is not migrated'
  } catch {
    return 'the database is not reachable'
  } finally {
    unreachable.catch(() => undefined)
    late.abort()
  }
  return notifications.isConnected() ? null : 'the dispatcher has no connection to the database'
}
