import { type Db, query, queryOne } from '../db/database.ts'
import type { Scope } from './scope.ts'

export interface ApiKeyInsert {
  readonly keyId: string
  readonly name: string
  readonly keyHash: Buffer
  readonly last4: string
  readonly scopes: readonly Scope[]
}

export async function insertApiKey(db: Db, key: ApiKeyInsert): Promise<void> {
  await query(
    db,
    `insert into api_keys (key_id, name, key_hash, last4, scopes)
     values (:keyId, :name, :keyHash, :last4, :scopes::text[])`,
    { ...key },
  )
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
