import { type Db, query, queryOne } from '../db/database.ts'
import { type ListPage, type ListQuery, mapListPage, queryListPage } from '../db/list-page.ts'
import { isForeignKeyViolation, isUniqueViolation } from '../db/transaction.ts'
import { ConflictError, NotFoundError } from '../errors.ts'
import type { Role } from './caller.ts'
import type { User } from './user.ts'

interface UserRow {
  user_id: string
  username: string
  role: Role
  merchant_id: string | null
  location_id: string | null
  is_disabled: boolean
  api_key_last4: string
  created_at: Date
  updated_at: Date
}

/** What can be chosen of a user. */
export type UserSettings = Pick<User, 'username' | 'role' | 'merchantId' | 'locationId' | 'isDisabled'>

/** Deleted users stay as rows, since orders and jobs name them, and are told nowhere. */
const SELECT_USERS = `
  select users.user_id, users.username, users.role, users.merchant_id, users.location_id,
    users.disabled_at is not null as is_disabled, users.api_key_last4, users.created_at, users.updated_at,
    users.list_position
  from users
  where users.deleted_at is null`

export async function findUser(db: Db, userId: string): Promise<User | undefined> {
  const row = await queryOne<UserRow>(db, `${SELECT_USERS} and users.user_id = :userId`, { userId })
  return row && toUser(row)
}

/** Locked until the transaction ends. */
export async function lockUser(db: Db, userId: string): Promise<User | undefined> {
  const row = await queryOne<UserRow>(db, `${SELECT_USERS} and users.user_id = :userId for no key update`, {
    userId,
  })
  return row && toUser(row)
}

/** Without a `locationId` everybody; else whoever works there, but merchants' users, who reach every location. */
export async function listUsers(db: Db, locationId: string | null, list: ListQuery): Promise<ListPage<User>> {
  const sql = `${SELECT_USERS}
    and (:locationId::text is null or (users.location_id = :locationId::text and users.role <> 'merchant'))`
  return mapListPage(await queryListPage<UserRow>(db, { sql, bindings: { locationId } }, list), toUser)
}

export interface UserInsert extends UserSettings {
  readonly userId: string
  readonly apiKeyHash: Buffer
  readonly last4: string
}

/** Throws ConflictError with reason `taken`, and NotFoundError for the merchant or the location. */
export async function insertUser(db: Db, user: UserInsert): Promise<void> {
  await query(
    db,
    `insert into users (user_id, username, role, merchant_id, location_id, api_key_hash, api_key_last4)
     values (:userId, :username, :role, :merchantId, :locationId, :apiKeyHash, :last4)`,
    { ...user },
  ).catch((error: unknown) => refuse(error, user))
}

/** Throws as `insertUser`. */
export async function updateUser(db: Db, userId: string, settings: UserSettings): Promise<void> {
  await query(
    db,
    `update users set username = :username, role = :role, merchant_id = :merchantId, location_id = :locationId,
       disabled_at = case when :isDisabled then coalesce(disabled_at, now()) end, updated_at = now()
     where user_id = :userId`,
    { ...settings, userId },
  ).catch((error: unknown) => refuse(error, settings))
}

/** Deleted users are disabled ones, so that whoever looks for those need not know of these. */
export async function deleteUser(db: Db, userId: string): Promise<void> {
  await query(
    db,
    `update users set disabled_at = coalesce(disabled_at, now()), deleted_at = now(), updated_at = now()
     where user_id = :userId`,
    { userId },
  )
}

export async function deleteSessionsOf(db: Db, userId: string): Promise<void> {
  await query(db, 'delete from sessions where user_id = :userId', { userId })
}

function refuse(error: unknown, { username, merchantId, locationId }: UserSettings): never {
  if (isUniqueViolation(error, 'users_username_key')) {
    throw new ConflictError('user', 'taken', `Username ${username} is taken`, { field: 'username' })
  }
  if (isForeignKeyViolation(error, 'users_merchant_id_fkey')) {
    throw new NotFoundError('merchant', merchantId ?? '')
  }
  if (isForeignKeyViolation(error, 'users_location_id_fkey')) {
    throw new NotFoundError('location', locationId ?? '')
  }
  throw error
}

function toUser(row: UserRow): User {
  return {
    userId: row.user_id,
    username: row.username,
    role: row.role,
    merchantId: row.merchant_id,
    locationId: row.location_id,
    isDisabled: row.is_disabled,
    last4: row.api_key_last4,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
