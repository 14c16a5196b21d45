import { validate as isUuid, v7 as uuidv7 } from 'uuid'
import type { Caller } from '../access/caller.ts'
import type { PortRange } from '../config.ts'
import type { Db } from '../db/database.ts'
import type { Connection } from '../delivery/connection.ts'
import { isStorableText } from '../db/storable-text.ts'
import { inTransaction } from '../db/transaction.ts'
import { NotFoundError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { EventsService } from '../webhooks/events-service.ts'
import { assertPrinters, toStationInsert } from './new-station.ts'
import {
  type NewStation,
  type Printer,
  type PrinterState,
  type Station,
  type StationWithPrinters,
  toPrinterSummary,
} from './printer.ts'
import { replacePrinters } from './printer-replacement.ts'
import {
  findPrinter,
  findPrinterByCode,
  listCandidates,
  listPrinters,
  lockPrinterState,
  updatePrinterState,
} from './printer-store.ts'
import type { RoutingCandidate } from './routing.ts'
import { findStation, insertStation, listStations } from './station-store.ts'

const CANDIDATES_MAX = 1000
const STATIONS_MAX = 500

export interface PrintersService {
  /**
   * The station with its printers, all or nothing. Throws InvalidError about `printers.<n>.…`, NotFoundError for the
   * location, and ConflictError with reason `taken` for a name or code that another has.
   */
  createStation(createdBy: string, station: NewStation): Promise<StationWithPrinters>
  /**
   * By id or code. Throws NotFoundError, also for a station of another location or one that is closed to the caller. `on`:
   * the caller's transaction, if it has one.
   */
  getStation(caller: Caller, idOrCode: string, on?: Db): Promise<Station>
  /** Of the caller's location, by name. Those closed to the caller are left out, but not for supervisors. */
  listStations(caller: Caller): Promise<readonly StationWithPrinters[]>
  /** Printers of the location that are not removed, as routing needs them. */
  candidates(db: Db, locationId: string, callerId: string): Promise<readonly RoutingCandidate[]>
  /** Removed ones too. Throws NotFoundError. */
  getPrinter(db: Db, printerId: string): Promise<Printer>
  /** Not a removed one. Any text is allowed. */
  findPrinterByCode(db: Db, code: string): Promise<Printer | undefined>
  /**
   * What was found at the printer. Writes, and records an event with the state before, only if that is new; nothing either
   * when the printer is no longer reached by `way`.
   */
  reportState(printerId: string, state: PrinterState, way?: Connection['type']): Promise<void>
}

export function createPrintersService(options: {
  db: Db
  events: EventsService
  printerPorts: readonly PortRange[]
}): PrintersService {
  const { db, events, printerPorts } = options
  return {
    async createStation(createdBy, station) {
      assertPrinters(station.printers ?? [], printerPorts)
      const stationId = newId('prnt_stn')
      return inTransaction(db, async (trx) => {
        const isInserted = await insertStation(trx, toStationInsert(station, { stationId, createdBy }))
        if (!isInserted) throw new NotFoundError('location', station.locationId)
        const after = station.printers ?? []
        await replacePrinters(trx, { stationId, before: [], after, newId: uuidv7 })
        const created = await findStation(trx, stationId)
        if (!created) throw new Error('a station that was inserted is not there')
        return withPrinters(created, await listPrinters(trx, [stationId]))
      })
    },

    async getStation(caller, idOrCode, on = db) {
      const station = isStorableText(idOrCode) ? await findStation(on, idOrCode) : undefined
      if (!station || !isOfLocation(station, caller) || !isOpenTo(station, caller)) {
        throw new NotFoundError('station', idOrCode)
      }
      return station
    },

    async listStations(caller) {
      const found = await listStations(db, { locationId: caller.locationId, limit: STATIONS_MAX })
      const shown = found.filter((station) => caller.role === 'supervisor' || isOpenTo(station, caller))
      const printers = await listPrinters(
        db,
        shown.map(({ stationId }) => stationId),
      )
      return shown.map((station) => withPrinters(station, printers))
    },

    candidates: (trx, locationId, callerId) =>
      listCandidates(trx, { locationId, callerId, limit: CANDIDATES_MAX }),

    getPrinter,

    findPrinterByCode: async (trx, code) => (isStorableText(code) ? findPrinterByCode(trx, code) : undefined),

    async reportState(printerId, found, way) {
      const state = { status: found.status, stateReasons: [...new Set(found.stateReasons)] }
      await inTransaction(db, async (trx) => {
        const locked = isUuid(printerId) ? await lockPrinterState(trx, printerId) : undefined
        if (!locked) throw new NotFoundError('printer', printerId)
        const { state: previous, way: wayNow } = locked
        if (isSameState(previous, state) || (way !== undefined && way !== wayNow)) return
        await updatePrinterState(trx, printerId, state)
        const printer = toPrinterSummary(await getPrinter(trx, printerId))
        await events.record(trx, {
          type: 'cloud_printing.printer.state_changed',
          resource: { type: 'printer', id: printerId },
          locationId: printer.locationId,
          merchantId: null,
          data: { ...printer, previous },
        })
      })
    },
  }
}

async function getPrinter(db: Db, printerId: string): Promise<Printer> {
  const printer = isUuid(printerId) ? await findPrinter(db, printerId) : undefined
  if (!printer) throw new NotFoundError('printer', printerId)
  return printer
}

function withPrinters(station: Station, printers: readonly Printer[]): StationWithPrinters {
  const own = printers.filter((printer) => printer.station.stationId === station.stationId)
  return { ...station, printers: own.map(toPrinterSummary) }
}

function isOfLocation({ location }: Station, caller: Caller): boolean {
  return caller.locationId === null || caller.locationId === location.locationId
}

function isOpenTo({ allowAllUsers, allowedUsers }: Station, caller: Caller): boolean {
  return allowAllUsers || allowedUsers.includes(caller.id)
}

/** Printers name their reasons in any order. */
function isSameState(one: PrinterState, other: PrinterState): boolean {
  return (
    one.status === other.status &&
    one.stateReasons.length === other.stateReasons.length &&
    one.stateReasons.every((reason) => other.stateReasons.includes(reason))
  )
}
