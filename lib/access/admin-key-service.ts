import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { newId } from '../ids.ts'
import {
  type ApiKeyInsert,
  deleteOtherEnvironmentKey,
  hasApiKeys,
  insertApiKey,
  upsertEnvironmentKey,
} from './api-key-store.ts'
import { SCOPES } from './scope.ts'
import { hashSecret, last4, newApiKey } from './secret.ts'

export interface AdminKey {
  readonly keyId: string
  readonly apiKey: string
  /** False for a configured key that an earlier start knew. */
  readonly isNew: boolean
}

/**
 * The first API key, with every scope (contracts/running.md, `ADMIN_API_KEY`). A configured one is made valid at every
 * start, and the one configured before it ends. Without: one is generated when there has never been a key, and
 * answered this once; later starts answer null. Call it under `withStartLock`.
 */
export async function ensureAdminKey(db: Db, configured: string | null): Promise<AdminKey | null> {
  return inTransaction(db, async (trx) => {
    if (configured !== null) {
      const key = toInsert(configured)
      await deleteOtherEnvironmentKey(trx, key.keyHash)
      return { ...(await upsertEnvironmentKey(trx, key)), apiKey: configured }
    }
    if (await hasApiKeys(trx)) return null
    const apiKey = newApiKey()
    const key = toInsert(apiKey)
    await insertApiKey(trx, key)
    return { keyId: key.keyId, apiKey, isNew: true }
  })
}

function toInsert(apiKey: string): ApiKeyInsert {
  return {
    keyId: newId('key'),
    name: 'admin',
    keyHash: hashSecret(apiKey),
    last4: last4(apiKey),
    scopes: SCOPES,
  }
}
