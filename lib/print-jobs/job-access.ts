import { validate as isUuid } from 'uuid'
import type { Caller } from '../access/caller.ts'
import { assertReachesLocation } from '../access/location-access.ts'
import type { Db } from '../db/database.ts'
import { isStorableText } from '../db/storable-text.ts'
import { DomainError, NotFoundError } from '../errors.ts'
import { findPrinterPlace, findStationPlace, hasLocation, type Place } from './job-place-store.ts'
import type { PrintJob } from './print-job.ts'

/** Who may touch what of print jobs: contracts/cloud-printing.md, section 1, and rpc.md, section 11. */

/** Merchants print at any location, and see what is theirs. */
function isMerchant(caller: Caller): boolean {
  return caller.role === 'merchant'
}

type JobPlace = Pick<PrintJob, 'jobId' | 'merchantId' | 'locationId'>

/** Throws NotFoundError for another merchant's job, `forbidden` for one of another location. */
export function assertSeesJob(caller: Caller, job: JobPlace): void {
  if (!isMerchant(caller)) return assertReachesLocation(caller, job.locationId)
  if (job.merchantId !== caller.merchantId) throw new NotFoundError('print_job', job.jobId)
}

/** Throws NotFoundError for whichever doesn't exist, then `forbidden` for the location, then for the station. */
export async function assertPrintsAt(
  db: Db,
  caller: Caller,
  { locationId, stationId }: { readonly locationId: string; readonly stationId: string | null },
): Promise<void> {
  if (!isStorableText(locationId) || !(await hasLocation(db, locationId))) {
    throw new NotFoundError('location', locationId)
  }
  const station = stationId === null ? null : await getStationPlace(db, caller, stationId)
  if (!isMerchant(caller)) assertReachesLocation(caller, locationId)
  if (station) assertOpen(caller, station)
}

/** For a new job of the same document. Throws as `assertSeesJob` and `getOpenPrinter` do, NotFoundError first. */
export async function assertMayReprint(
  db: Db,
  caller: Caller,
  { job, printerId }: { readonly job: JobPlace; readonly printerId: string | null },
): Promise<void> {
  if (isMerchant(caller)) assertSeesJob(caller, job)
  const place = printerId === null ? null : await getPrinterPlace(db, caller, printerId)
  assertSeesJob(caller, job)
  if (place) assertOpen(caller, place)
}

/** A station that may be used. Throws NotFoundError, `forbidden` for the location, then for the station. */
export async function getOpenStation(db: Db, caller: Caller, stationId: string): Promise<Place> {
  return assertOpen(caller, await getStationPlace(db, caller, stationId))
}

/** Where a printer that may be used stands. Throws as `getOpenStation` does. */
export async function getOpenPrinter(db: Db, caller: Caller, printerId: string): Promise<Place> {
  return assertOpen(caller, await getPrinterPlace(db, caller, printerId))
}

async function getStationPlace(db: Db, caller: Caller, stationId: string): Promise<Place> {
  const place = isStorableText(stationId) ? await findStationPlace(db, stationId, caller.id) : undefined
  if (!place) throw new NotFoundError('station', stationId)
  return place
}

async function getPrinterPlace(db: Db, caller: Caller, printerId: string): Promise<Place> {
  const place = isUuid(printerId) ? await findPrinterPlace(db, printerId, caller.id) : undefined
  if (!place) throw new NotFoundError('printer', printerId)
  return place
}

function assertOpen(caller: Caller, place: Place): Place {
  if (!isMerchant(caller)) assertReachesLocation(caller, place.locationId)
  if (place.isOpenToCaller) return place
  throw new DomainError('forbidden', 'No access to this print station', {
    subject: 'station',
    reason: 'unauthorized',
  })
}

/** What a list must be narrowed to; throws `forbidden` for a filter that names what lies outside. */
export async function visibleTo(
  db: Db,
  caller: Caller,
  filter: {
    readonly locationId: string | null
    readonly stationId: string | null
    readonly printerId: string | null
  },
): Promise<{ readonly locationId: string | null; readonly merchantId: string | null }> {
  if (isMerchant(caller)) return { locationId: filter.locationId, merchantId: caller.merchantId }
  if (caller.locationId === null) return { locationId: filter.locationId, merchantId: null }
  const { locationId, stationId, printerId } = filter
  const places = [
    stationId === null ? undefined : await findStationPlace(db, stationId, caller.id),
    printerId === null ? undefined : await findPrinterPlace(db, printerId, caller.id),
  ]
  for (const place of [locationId, ...places.map((found) => found?.locationId ?? null)]) {
    if (place !== null) assertReachesLocation(caller, place)
  }
  return { locationId: caller.locationId, merchantId: null }
}
