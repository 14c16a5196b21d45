import type { Db } from '../db/database.ts'
import { signalAccess } from '../db/access-signals.ts'
import type { ListPage, ListQuery } from '../db/list-page.ts'
import { isStorableText } from '../db/storable-text.ts'
import { inTransaction } from '../db/transaction.ts'
import { InvalidError, NotFoundError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { LocationsService } from '../locations/locations-service.ts'
import type { Caller } from './caller.ts'
import { assertReachesLocation } from './location-access.ts'
import { findMerchant } from './merchant-store.ts'
import { hashSecret, last4, newApiKey } from './secret.ts'
import type { NewUser, User, UserChange } from './user.ts'
import {
  deleteSessionsOf,
  deleteUser,
  findUser,
  insertUser,
  listUsers,
  lockUser,
  type UserSettings,
  updateUser,
} from './user-store.ts'

/** Users of the RPC interface. A caller who is limited to a location reaches, lists and makes only users of that one. */
export interface UsersService {
  list(caller: Caller, list: ListQuery): Promise<ListPage<User>>
  /** Throws NotFoundError, then `forbidden` for a user of another location than the caller's, or of none. */
  get(caller: Caller, userId: string): Promise<User>
  /**
   * The API key is answered here once; its hash alone is stored. Throws InvalidError unless exactly users of role
   * merchant have a merchant, NotFoundError for merchant and location, ConflictError with reason `taken`.
   */
  create(caller: Caller, user: NewUser): Promise<{ readonly user: User; readonly apiKey: string }>
  /** What isn't named stays; a user who is no merchant any more loses the merchant. A disabled user's sessions end at once. */
  update(caller: Caller, userId: string, change: UserChange): Promise<User>
  /** The user's sessions end at once, and the name is free again. */
  delete(caller: Caller, userId: string): Promise<User>
}

export function createUsersService(options: { db: Db; locations: LocationsService }): UsersService {
  const { db, locations } = options

  /** Before anything is written: what isn't there or out of reach is said before what is taken. */
  async function assertPlaces(caller: Caller, settings: UserSettings): Promise<void> {
    const { merchantId, locationId } = settings
    if (merchantId !== null && !(isStorableText(merchantId) && (await findMerchant(db, merchantId)))) {
      throw new NotFoundError('merchant', merchantId)
    }
    if (locationId !== null) await locations.get(caller, locationId)
    assertReachesLocation(caller, reachOf(settings))
  }

  return {
    list: (caller, list) => listUsers(db, caller.locationId, list),

    get: (caller, userId) => getUser(db, caller, userId),

    async create(caller, { username, role, merchantId, locationId }) {
      const settings: UserSettings = {
        username,
        role,
        merchantId: merchantId ?? null,
        locationId: locationId ?? null,
        isDisabled: false,
      }
      assertMerchant(settings)
      await assertPlaces(caller, settings)
      return inTransaction(db, async (trx) => {
        const userId = newId('usr')
        const apiKey = newApiKey()
        await insertUser(trx, { ...settings, userId, apiKeyHash: hashSecret(apiKey), last4: last4(apiKey) })
        return { user: await getUser(trx, caller, userId), apiKey }
      })
    },

    async update(caller, userId, change) {
      const wanted = settingsAfter(await getUser(db, caller, userId), change)
      assertMerchant(wanted)
      await assertPlaces(caller, wanted)
      return inTransaction(db, async (trx) => {
        const settings = settingsAfter(await getUser(trx, caller, userId, lockUser), change)
        assertMerchant(settings)
        await updateUser(trx, userId, settings)
        if (settings.isDisabled) await deleteSessionsOf(trx, userId)
        await signalAccess(trx, userId)
        return getUser(trx, caller, userId)
      })
    },

    delete: (caller, userId) =>
      inTransaction(db, async (trx) => {
        const user = await getUser(trx, caller, userId, lockUser)
        await deleteUser(trx, userId)
        await deleteSessionsOf(trx, userId)
        await signalAccess(trx, userId)
        return user
      }),
  }
}

/** After an insert or an update too: what is out of the caller's reach is rolled back. */
async function getUser(
  db: Db,
  caller: Caller,
  userId: string,
  find: typeof findUser = findUser,
): Promise<User> {
  const user = isStorableText(userId) ? await find(db, userId) : undefined
  if (!user) throw new NotFoundError('user', userId)
  assertReachesLocation(caller, reachOf(user))
  return user
}

/** A merchant's user acts on orders of every location, wherever the user is said to be. */
function reachOf({ role, locationId }: UserSettings): string | null {
  return role === 'merchant' ? null : locationId
}

function settingsAfter(user: User, change: UserChange): UserSettings {
  const role = change.role ?? user.role
  const keptMerchantId = role === 'merchant' ? user.merchantId : null
  return {
    role,
    username: change.username ?? user.username,
    merchantId: change.merchantId ?? keptMerchantId,
    locationId: change.locationId ?? user.locationId,
    isDisabled: change.isDisabled ?? user.isDisabled,
  }
}

function assertMerchant({ role, merchantId }: UserSettings): void {
  if (role === 'merchant' && merchantId === null) {
    throw new InvalidError('merchant_id', 'required', 'merchant_id is required with role merchant')
  }
  if (role !== 'merchant' && merchantId !== null) {
    throw new InvalidError('merchant_id', 'invalid', `merchant_id must be absent with role ${role}`)
  }
}
