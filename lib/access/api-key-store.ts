import { type Db, preparedOne, query, queryOne } from '../db/database.ts'
import { type ListPage, type ListQuery, mapListPage, queryListPage } from '../db/list-page.ts'
import type { ApiKey } from './api-key.ts'
import type { Scope } from './scope.ts'

export interface ApiKeyInsert {
  readonly keyId: string
  readonly name: string
  readonly keyHash: Buffer
  readonly last4: string
  readonly scopes: readonly Scope[]
  readonly limitToLocation?: string | null
  readonly expiresAt?: Date | null
}

interface ApiKeyRow {
  key_id: string
  name: string
  scopes: Scope[]
  limit_to_location: string | null
  expires_at: Date | null
  last4: string
  key_hash: Buffer
  created_at: Date
  updated_at: Date
}

const SELECT_API_KEYS = `
  select api_keys.key_id, api_keys.name, api_keys.scopes, api_keys.limit_to_location, api_keys.expires_at,
    api_keys.last4, api_keys.key_hash, api_keys.created_at, api_keys.updated_at, api_keys.list_position
  from api_keys`

export async function insertApiKey(db: Db, key: ApiKeyInsert): Promise<void> {
  await query(
    db,
    `insert into api_keys (key_id, name, key_hash, last4, scopes, limit_to_location, expires_at)
     values (:keyId, :name, :keyHash, :last4, :scopes::text[], :limitToLocation, :expiresAt)`,
    { ...key, limitToLocation: key.limitToLocation ?? null, expiresAt: key.expiresAt ?? null },
  )
}

/** The valid key with that hash, which is answered to be compared in constant time. */
export async function findKeyByHash(
  db: Db,
  keyHash: Buffer,
): Promise<{ readonly key: ApiKey; readonly keyHash: Buffer } | undefined> {
  const row = await preparedOne<ApiKeyRow>(
    db,
    `${SELECT_API_KEYS}
     where api_keys.key_hash = :keyHash and api_keys.deleted_at is null
       and (api_keys.expires_at is null or api_keys.expires_at > now())`,
    { keyHash },
  )
  return row && { key: toApiKey(row), keyHash: row.key_hash }
}

/** Those of them that are neither deleted nor expired. */
export async function listValidKeys(db: Db, keyIds: readonly string[]): Promise<readonly ApiKey[]> {
  const rows = await query<ApiKeyRow>(
    db,
    `${SELECT_API_KEYS}
     where api_keys.key_id = any(:keyIds::text[]) and api_keys.deleted_at is null
       and (api_keys.expires_at is null or api_keys.expires_at > now())`,
    { keyIds },
  )
  return rows.map(toApiKey)
}

/** Not deleted; an expired one is still told. */
export async function findApiKey(db: Db, keyId: string): Promise<ApiKey | undefined> {
  const row = await queryOne<ApiKeyRow>(
    db,
    `${SELECT_API_KEYS} where api_keys.key_id = :keyId and api_keys.deleted_at is null`,
    { keyId },
  )
  return row && toApiKey(row)
}

/** Not deleted; `locationId` null: whatever they are limited to. */
export async function listApiKeys(
  db: Db,
  locationId: string | null,
  list: ListQuery,
): Promise<ListPage<ApiKey>> {
  const sql = `${SELECT_API_KEYS} where api_keys.deleted_at is null
    and (:locationId::text is null or api_keys.limit_to_location = :locationId::text)`
  return mapListPage(await queryListPage<ApiKeyRow>(db, { sql, bindings: { locationId } }, list), toApiKey)
}

export async function updateApiKey(db: Db, key: ApiKey): Promise<void> {
  await query(
    db,
    `update api_keys set name = :name, scopes = :scopes::text[], limit_to_location = :limitToLocation,
       expires_at = :expiresAt, updated_at = now()
     where key_id = :keyId`,
    {
      keyId: key.keyId,
      name: key.name,
      scopes: key.scopes,
      limitToLocation: key.limitToLocation,
      expiresAt: key.expiresAt,
    },
  )
}

export async function deleteApiKey(db: Db, keyId: string): Promise<void> {
  await query(db, 'update api_keys set deleted_at = now(), updated_at = now() where key_id = :keyId', {
    keyId,
  })
}

/**
 * Locks the valid keys that may make any key for any location, in one order, and answers their ids. Whoever is about to
 * take one away waits here for another who is.
 */
export async function lockAdminKeys(db: Db): Promise<string[]> {
  const rows = await query<{ key_id: string }>(
    db,
    `select key_id from api_keys
     where deleted_at is null and (expires_at is null or expires_at > now()) and limit_to_location is null
       and 'api_keys:write' = any (scopes)
     order by key_id for update`,
  )
  return rows.map((row) => row.key_id)
}

/** Deleted ones count. */
export async function hasApiKeys(db: Db): Promise<boolean> {
  const row = await queryOne<{ has_keys: boolean }>(db, 'select exists (select from api_keys) as has_keys')
  return row?.has_keys === true
}

/** Ends the key that an earlier start took from the environment. */
export async function deleteOtherEnvironmentKey(db: Db, keyHash: Buffer): Promise<void> {
  await query(
    db,
    `update api_keys set is_from_environment = false, deleted_at = coalesce(deleted_at, now()), updated_at = now()
     where is_from_environment and key_hash <> :keyHash`,
    { keyHash },
  )
}

/**
 * Makes the environment's key valid with these scopes, whatever became of it since: it may be one that was generated or
 * deleted once. Answers the id of the row that holds it, and whether the row is new.
 */
export async function upsertEnvironmentKey(
  db: Db,
  key: ApiKeyInsert,
): Promise<{ readonly keyId: string; readonly isNew: boolean }> {
  const row = await queryOne<{ key_id: string; is_new: boolean }>(
    db,
    `insert into api_keys (key_id, name, key_hash, last4, scopes, is_from_environment)
     values (:keyId, :name, :keyHash, :last4, :scopes::text[], true)
     on conflict on constraint api_keys_key_hash_key do update
       set scopes = excluded.scopes, limit_to_location = null, is_from_environment = true, expires_at = null,
           deleted_at = null, updated_at = now()
     returning api_keys.key_id, api_keys.key_id = :keyId as is_new`,
    { ...key },
  )
  if (!row) throw new Error('an upsert answered no row')
  return { keyId: row.key_id, isNew: row.is_new }
}

function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    keyId: row.key_id,
    name: row.name,
    scopes: row.scopes,
    limitToLocation: row.limit_to_location,
    expiresAt: row.expires_at,
    last4: row.last4,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
