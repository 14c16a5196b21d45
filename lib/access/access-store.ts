import { type Db, preparedOne, query, queryOne } from '../db/database.ts'
import type { Caller, Role } from './caller.ts'

interface UserRow {
  user_id: string
  username: string
  role: Role
  merchant_id: string | null
  location_id: string | null
  api_key_hash: Buffer
}

export interface UserWithKey {
  readonly caller: Caller
  readonly apiKeyHash: Buffer
}

const USER_COLUMNS = `users.user_id, users.username, users.role, users.merchant_id, users.location_id, users.api_key_hash`

/** Users that are not disabled. */
export async function findUserByName(db: Db, username: string): Promise<UserWithKey | undefined> {
  const row = await queryOne<UserRow>(
    db,
    `select ${USER_COLUMNS} from users where users.username = :username and users.disabled_at is null`,
    { username },
  )
  return row && { caller: toCaller(row), apiKeyHash: row.api_key_hash }
}

/** The user of a session that has neither ended nor expired. */
export async function findSessionUser(db: Db, sessionHash: Buffer): Promise<Caller | undefined> {
  const row = await preparedOne<UserRow>(
    db,
    `select ${USER_COLUMNS} from sessions join users using (user_id)
     where sessions.session_hash = :sessionHash and sessions.expires_at > now() and users.disabled_at is null`,
    { sessionHash },
  )
  return row && toCaller(row)
}

/** The users of those sessions that still hold; hashes in hexadecimal. */
export async function listSessionUsers(
  db: Db,
  sessionHashes: readonly string[],
): Promise<readonly { readonly sessionHash: string; readonly caller: Caller }[]> {
  const rows = await query<UserRow & { session_hash: Buffer }>(
    db,
    `select ${USER_COLUMNS}, sessions.session_hash from sessions join users using (user_id)
     where sessions.session_hash = any(:sessionHashes::bytea[])
       and sessions.expires_at > now() and users.disabled_at is null`,
    { sessionHashes: sessionHashes.map((hash) => `\\x${hash}`) },
  )
  return rows.map((row) => ({ sessionHash: row.session_hash.toString('hex'), caller: toCaller(row) }))
}

export async function insertSession(
  db: Db,
  session: { sessionHash: Buffer; userId: string; ttlMs: number },
): Promise<void> {
  await query(
    db,
    `insert into sessions (session_hash, user_id, expires_at)
     values (:sessionHash, :userId, now() + :ttlMs * interval '1 millisecond')`,
    session,
  )
}

export async function deleteSession(db: Db, sessionHash: Buffer): Promise<void> {
  await query(db, 'delete from sessions where session_hash = :sessionHash', { sessionHash })
}

/** Bounded, so that a flood of old sessions can't hold a login up. */
export async function deleteExpiredSessions(db: Db, limit: number): Promise<void> {
  await query(
    db,
    `delete from sessions where session_hash in
       (select session_hash from sessions where expires_at <= now() limit :limit for update skip locked)`,
    { limit },
  )
}

function toCaller(row: UserRow): Caller {
  return {
    kind: 'user',
    id: row.user_id,
    name: row.username,
    role: row.role,
    scopes: [],
    merchantId: row.merchant_id,
    locationId: row.location_id,
  }
}
