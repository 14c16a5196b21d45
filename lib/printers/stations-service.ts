import { v7 as uuidv7 } from 'uuid'
import type { Caller } from '../access/caller.ts'
import { assertReachesLocation } from '../access/location-access.ts'
import type { PortRange } from '../config.ts'
import type { Db } from '../db/database.ts'
import { type ListPage, type ListQuery, mapListPage } from '../db/list-page.ts'
import { isStorableText } from '../db/storable-text.ts'
import { inTransaction } from '../db/transaction.ts'
import { NotFoundError } from '../errors.ts'
import type { LocationsService } from '../locations/locations-service.ts'
import type { JobCancellationService } from '../print-jobs/job-cancellation-service.ts'
import { assertPrinters, type PrinterDraft, printerErrors, toStationInsert } from './new-station.ts'
import {
  type NewStation,
  type Printer,
  type Station,
  type StationChange,
  type StationWithPrinters,
  toPrinterSummary,
} from './printer.ts'
import { removePrinters } from './printer-change-store.ts'
import { replacePrinters } from './printer-replacement.ts'
import { listPrinters } from './printer-store.ts'
import type { PrintersService } from './printers-service.ts'
import { changedStation } from './station-change.ts'
import {
  findStation,
  listStationPage,
  lockStation,
  removeStation,
  type StationFilter,
  updateStation,
} from './station-store.ts'

/** Stations with their printers, as an administrator sees and changes them: contracts/cloud-printing.md, section 5. */
export interface StationsService {
  /** Without a location the caller's own. Throws `forbidden` for another location. */
  list(caller: Caller, filter: StationFilter, list: ListQuery): Promise<ListPage<StationWithPrinters>>
  /** Throws NotFoundError, `forbidden` for one of another location. */
  get(caller: Caller, stationId: string): Promise<StationWithPrinters>
  /**
   * Throws InvalidError with every failing member of `printers` in `errors`, NotFoundError and `forbidden` for the location,
   * ConflictError with reason `taken` for a name or code.
   */
  create(caller: Caller, station: NewStation): Promise<StationWithPrinters>
  /** What isn't named stays; a list of printers replaces the one before. Throws as `get` and `create` do. */
  update(caller: Caller, stationId: string, change: StationChange): Promise<ChangedStation>
  /** With its printers. What is being printed goes on. Throws as `get` does. */
  remove(caller: Caller, stationId: string): Promise<ChangedStation>
  /** All that is wrong with printers that have the form of some. */
  printerErrors(printers: readonly PrinterDraft[]): readonly string[]
}

export interface ChangedStation {
  readonly station: StationWithPrinters
  /** Queued jobs of printers that were removed with it. */
  readonly canceledJobs: number
}

export interface StationsOptions {
  readonly db: Db
  readonly locations: LocationsService
  readonly printers: PrintersService
  readonly jobCancellation: JobCancellationService
  readonly printerPorts: readonly PortRange[]
}

export function createStationsService(options: StationsOptions): StationsService {
  const { db, locations, printers, jobCancellation, printerPorts } = options

  /** The rows go first: a job that is being queued at one of them is seen, and canceled, when it is there. */
  const discard = async (trx: Db, caller: Caller, gone: readonly Printer[]): Promise<number> => {
    if (gone.length === 0) return 0
    await removePrinters(
      trx,
      gone.map(({ printerId }) => printerId),
    )
    let count = 0
    for (const { printerId, name, station } of gone) {
      const text = `${name} of ${station.name} was removed`
      count += await jobCancellation.cancelQueuedOfPrinter(trx, printerId, { text, by: caller })
    }
    return count
  }

  return {
    async list(caller, filter, list) {
      const { locationId } = filter
      if (locationId !== null) assertReachesLocation(caller, locationId)
      if (locationId !== null && !isStorableText(locationId)) return NOTHING
      const page = await listStationPage(db, { ...filter, locationId: locationId ?? caller.locationId }, list)
      const stationIds = page.items.map(({ stationId }) => stationId)
      const found = await listPrinters(db, stationIds)
      return mapListPage(page, (station) => withPrinters(station, found))
    },

    async get(caller, stationId) {
      const station = await reachStation(caller, stationId, findById(db))
      return withPrinters(station, await listPrinters(db, [stationId]))
    },

    async create(caller, station) {
      assertPrinters(station.printers ?? [], printerPorts)
      await locations.get(caller, station.locationId)
      return printers.createStation(caller.id, station)
    },

    async update(caller, stationId, change) {
      assertPrinters(change.printers ?? [], printerPorts)
      return inTransaction(db, async (trx) => {
        const before = await reachStation(caller, stationId, (id) => lockStation(trx, id))
        const after = changedStation(before, change)
        if (after.locationId !== before.location.locationId) await locations.get(caller, after.locationId)
        await updateStation(trx, toStationInsert(after, { stationId, createdBy: caller.id }))
        const kept = await listPrinters(trx, [stationId])
        const given = change.printers ?? null
        const gone = given ? kept.filter(({ name }) => !given.some((printer) => printer.name === name)) : []
        const canceledJobs = await discard(trx, caller, gone)
        if (given) await replacePrinters(trx, { stationId, before: kept, after: given, newId: uuidv7 })
        const station = await reachStation(caller, stationId, findById(trx))
        return { station: withPrinters(station, await listPrinters(trx, [stationId])), canceledJobs }
      })
    },

    remove: (caller, stationId) =>
      inTransaction(db, async (trx) => {
        const station = await reachStation(caller, stationId, (id) => lockStation(trx, id))
        const own = await listPrinters(trx, [stationId])
        const canceledJobs = await discard(trx, caller, own)
        await removeStation(trx, stationId, caller.id)
        return { station: withPrinters(station, own), canceledJobs }
      }),

    printerErrors: (drafts) => printerErrors(drafts, printerPorts).map(({ message }) => message),
  }
}

const NOTHING = { items: [], totalCount: 0, hasMore: false } as const

/** By id alone: a code is no id. */
function findById(db: Db): (stationId: string) => Promise<Station | undefined> {
  return async (stationId) => {
    const station = await findStation(db, stationId)
    return station?.stationId === stationId ? station : undefined
  }
}

async function reachStation(
  caller: Caller,
  stationId: string,
  find: (stationId: string) => Promise<Station | undefined>,
): Promise<Station> {
  const station = isStorableText(stationId) ? await find(stationId) : undefined
  if (!station) throw new NotFoundError('print_station', stationId)
  assertReachesLocation(caller, station.location.locationId)
  return station
}

function withPrinters(station: Station, printers: readonly Printer[]): StationWithPrinters {
  const own = printers.filter((printer) => printer.station.stationId === station.stationId)
  return { ...station, printers: own.map(toPrinterSummary) }
}
