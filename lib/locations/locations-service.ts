import type { Caller } from '../access/caller.ts'
import { assertReachesLocation } from '../access/location-access.ts'
import type { Db } from '../db/database.ts'
import type { ListPage, ListQuery } from '../db/list-page.ts'
import { isStorableText } from '../db/storable-text.ts'
import { inTransaction } from '../db/transaction.ts'
import { NotFoundError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Location, LocationChange, LocationSettings, NewLocation } from './location.ts'
import {
  deleteLocation,
  findLocation,
  insertLocation,
  listLocations,
  lockLocation,
  updateLocation,
} from './location-store.ts'

/** A caller who is limited to a location reaches and lists that one alone, and makes none. */
export interface LocationsService {
  list(caller: Caller, list: ListQuery): Promise<ListPage<Location>>
  /** Throws NotFoundError, then `forbidden` for another location than the caller's. */
  get(caller: Caller, locationId: string): Promise<Location>
  /** Throws ConflictError with reason `taken` for a code that another has. */
  create(caller: Caller, location: NewLocation): Promise<Location>
  /** What isn't named stays. Throws as `create`. */
  update(caller: Caller, locationId: string, change: LocationChange): Promise<Location>
  /** Throws ConflictError with reason `in_use`. */
  delete(caller: Caller, locationId: string): Promise<Location>
}

export function createLocationsService({ db }: { db: Db }): LocationsService {
  return {
    list: (caller, list) => listLocations(db, caller.locationId, list),

    get: (caller, locationId) => getLocation(db, caller, locationId),

    async create(caller, location) {
      assertReachesLocation(caller, null)
      const locationId = newId('loc')
      await insertLocation(db, locationId, settingsAfter({ ...NO_SETTINGS, name: location.name }, location))
      return getLocation(db, caller, locationId)
    },

    update: (caller, locationId, change) =>
      inTransaction(db, async (trx) => {
        const location = await getLocation(trx, caller, locationId, lockLocation)
        await updateLocation(trx, locationId, settingsAfter(location, change))
        return getLocation(trx, caller, locationId)
      }),

    delete: (caller, locationId) =>
      inTransaction(db, async (trx) => {
        const location = await getLocation(trx, caller, locationId)
        await deleteLocation(trx, locationId)
        return location
      }),
  }
}

const NO_SETTINGS: Omit<LocationSettings, 'name'> = {
  code: null,
  locale: null,
  currency: null,
  timeZone: null,
  language: null,
}

function settingsAfter(before: LocationSettings, change: LocationChange): LocationSettings {
  return {
    name: change.name ?? before.name,
    code: change.code ?? before.code,
    locale: change.locale ?? before.locale,
    currency: change.currency ?? before.currency,
    timeZone: change.timeZone ?? before.timeZone,
    language: change.language ?? before.language,
  }
}

async function getLocation(
  db: Db,
  caller: Caller,
  locationId: string,
  find: typeof findLocation = findLocation,
): Promise<Location> {
  const location = isStorableText(locationId) ? await find(db, locationId) : undefined
  if (!location) throw new NotFoundError('location', locationId)
  assertReachesLocation(caller, locationId)
  return location
}
