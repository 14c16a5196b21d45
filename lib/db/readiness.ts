import { setTimeout as delay } from 'node:timers/promises'
import type { Knex } from 'knex'
import { schemaStanding } from './migrations.ts'
import type { Notifications } from './notifications.ts'
import { SchemaConflictError } from './schema-standing.ts'

/** Whoever asks for readiness has a timeout of its own, often 5 s. */
const READINESS_MS = 3_000

/** Null when ready: contracts/running.md, "Probes". */
export async function whyNotReady(db: Knex, notifications: Notifications): Promise<string | null> {
  const late = new AbortController()
  const unreachable = delay(READINESS_MS, 'late' as const, { signal: late.signal })
  try {
    // A newer database is no reason: while an update goes on, processes of both versions serve.
    const standing = await Promise.race([schemaStanding(db), unreachable])
    if (standing === 'late') return 'the database does not answer'
    if (standing.missing.length > 0) return 'the database is not migrated'
  } catch (error) {
    return error instanceof SchemaConflictError ? error.message : 'the database is not reachable'
  } finally {
    unreachable.catch(() => undefined)
    late.abort()
  }
  return notifications.isConnected() ? null : 'the dispatcher has no connection to the database'
}
