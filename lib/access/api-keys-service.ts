import type { Db } from '../db/database.ts'
import { signalAccess } from '../db/access-signals.ts'
import type { ListPage, ListQuery } from '../db/list-page.ts'
import { isStorableText } from '../db/storable-text.ts'
import { inTransaction } from '../db/transaction.ts'
import { ConflictError, DomainError, InvalidError, NotFoundError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { LocationsService } from '../locations/locations-service.ts'
import { type ApiKey, type ApiKeyChange, keyCaller, type NewApiKey } from './api-key.ts'
import {
  deleteApiKey,
  findApiKey,
  findKeyByHash,
  insertApiKey,
  listApiKeys,
  lockAdminKeys,
  updateApiKey,
} from './api-key-store.ts'
import type { Caller } from './caller.ts'
import { assertReachesLocation } from './location-access.ts'
import { includesScope, type Scope } from './scope.ts'
import { hashSecret, isSameHash, last4, newApiKey } from './secret.ts'

/** Keys of the REST interface. One that is limited to a location sees and makes only keys limited to the same. */
export interface ApiKeysService {
  /** The caller with that key; undefined when it is unknown, deleted or expired. */
  authenticate(apiKey: string): Promise<Caller | undefined>
  list(caller: Caller, list: ListQuery): Promise<ListPage<ApiKey>>
  /** Throws NotFoundError, and `forbidden` for a key that isn't limited to the caller's location. */
  get(caller: Caller, keyId: string): Promise<ApiKey>
  /** The key is answered here once; its hash alone is stored. Throws `forbidden` for more than the caller has. */
  create(caller: Caller, key: NewApiKey): Promise<{ readonly key: ApiKey; readonly apiKey: string }>
  /** Throws as `create`, and ConflictError with reason `last_admin_key`. Open connections end that need what was taken away. */
  update(caller: Caller, keyId: string, change: ApiKeyChange): Promise<ApiKey>
  /** Takes effect at once, on open connections too. Throws ConflictError with reason `last_admin_key`. */
  delete(caller: Caller, keyId: string): Promise<ApiKey>
}

export function createApiKeysService(options: { db: Db; locations: LocationsService }): ApiKeysService {
  const { db, locations } = options

  /** No location at all is more than a caller has who is limited to one. */
  async function assertGrantable(
    caller: Caller,
    { limitToLocation, expiresAt }: { limitToLocation: string | null; expiresAt: Date | undefined },
  ): Promise<void> {
    assertFuture(expiresAt)
    if (limitToLocation !== null) await locations.get(caller, limitToLocation)
    assertReachesLocation(caller, limitToLocation)
  }

  return {
    async authenticate(apiKey) {
      const keyHash = hashSecret(apiKey)
      const found = await findKeyByHash(db, keyHash)
      return found && isSameHash(found.keyHash, keyHash) ? keyCaller(found.key) : undefined
    },

    list: (caller, list) => listApiKeys(db, caller.locationId, list),

    get: (caller, keyId) => getApiKey(db, caller, keyId),

    async create(caller, { name, scopes, limitToLocation: location, expiresAt }) {
      const limitToLocation = location ?? null
      assertHolds(caller, scopes)
      await assertGrantable(caller, { limitToLocation, expiresAt })
      const apiKey = newApiKey()
      const keyId = newId('key')
      await insertApiKey(db, {
        keyId,
        name,
        keyHash: hashSecret(apiKey),
        last4: last4(apiKey),
        scopes: [...new Set(scopes)],
        limitToLocation,
        expiresAt: expiresAt ?? null,
      })
      return { key: await getApiKey(db, caller, keyId), apiKey }
    },

    async update(caller, keyId, change) {
      const key = await getApiKey(db, caller, keyId)
      assertHolds(
        caller,
        (change.scopes ?? []).filter((scope) => !includesScope(key.scopes, scope)),
      )
      await assertGrantable(caller, {
        limitToLocation: change.limitToLocation ?? key.limitToLocation,
        expiresAt: change.expiresAt,
      })
      return inTransaction(db, async (trx) => {
        const admins = await lockAdminKeys(trx)
        const changed = applyChange(await getApiKey(trx, caller, keyId), change)
        // An end takes it away as well, only later.
        if (!isAdmin(changed) || change.expiresAt) assertNotLast(admins, keyId)
        await updateApiKey(trx, changed)
        await signalAccess(trx, keyId)
        return getApiKey(trx, caller, keyId)
      })
    },

    delete: (caller, keyId) =>
      inTransaction(db, async (trx) => {
        const admins = await lockAdminKeys(trx)
        const key = await getApiKey(trx, caller, keyId)
        assertNotLast(admins, keyId)
        await deleteApiKey(trx, keyId)
        await signalAccess(trx, keyId)
        return key
      }),
  }
}

async function getApiKey(db: Db, caller: Caller, keyId: string): Promise<ApiKey> {
  const key = isStorableText(keyId) ? await findApiKey(db, keyId) : undefined
  if (!key) throw new NotFoundError('API key', keyId)
  assertReachesLocation(caller, key.limitToLocation)
  return key
}

function applyChange(key: ApiKey, change: ApiKeyChange): ApiKey {
  return {
    ...key,
    name: change.name ?? key.name,
    scopes: change.scopes ? [...new Set(change.scopes)] : key.scopes,
    limitToLocation: change.limitToLocation ?? key.limitToLocation,
    expiresAt: change.expiresAt ?? key.expiresAt,
  }
}

function assertHolds(caller: Caller, scopes: readonly Scope[]): void {
  const lacking = scopes.filter((scope) => !includesScope(caller.scopes, scope))
  if (lacking.length === 0) return
  throw new DomainError('forbidden', 'A key can give no scope that it lacks', {
    subject: 'API key',
    reason: 'scope',
    errors: lacking.map((scope) => `scopes: ${scope} is not a scope of this key`),
  })
}

function assertFuture(expiresAt: Date | undefined): void {
  if (expiresAt === undefined || expiresAt.getTime() > Date.now()) return
  throw new InvalidError('expires_at', 'past', 'expires_at must be in the future')
}

function isAdmin({ scopes, limitToLocation }: ApiKey): boolean {
  return limitToLocation === null && scopes.includes('api_keys:write')
}

/** Without such a key nobody could ever make one again, but by `ADMIN_API_KEY` and a restart. */
function assertNotLast(adminKeyIds: readonly string[], keyId: string): void {
  if (adminKeyIds.length !== 1 || adminKeyIds[0] !== keyId) return
  throw new ConflictError(
    'API key',
    'last_admin_key',
    'This is the last key that has api_keys:write for every location',
  )
}
