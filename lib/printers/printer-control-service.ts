import { join } from 'node:path'
import { validate as isUuid } from 'uuid'
import type { Caller } from '../access/caller.ts'
import { assertReachesLocation } from '../access/location-access.ts'
import type { Db } from '../db/database.ts'
import { type ListPage, type ListQuery, mapListPage } from '../db/list-page.ts'
import { signalStation } from '../db/printer-signals.ts'
import { isStorableText } from '../db/storable-text.ts'
import { inTransaction } from '../db/transaction.ts'
import { IdentificationError, identifyPrinter } from '../delivery/printer-identification.ts'
import { ConflictError, DomainError, NotFoundError } from '../errors.ts'
import type { EventsService } from '../webhooks/events-service.ts'
import { type Printer, type PrinterSummary, toPrinterSummary } from './printer.ts'
import { listPrinterPage, type PrinterFilter } from './printer-change-store.ts'
import { createPrinterPauseService } from './printer-pause-service.ts'
import type { PrintersService } from './printers-service.ts'
import { findStation } from './station-store.ts'

/** Printers as people look at and handle them: contracts/cloud-printing.md, section 5. */
export interface PrinterControlService {
  /** Without a location the caller's own. Throws `forbidden` for a location or station out of the caller's reach. */
  list(caller: Caller, filter: PrinterFilter, list: ListQuery): Promise<ListPage<PrinterSummary>>
  /** Throws NotFoundError, also for a removed one; `forbidden` for one of another location. */
  get(caller: Caller, printerId: string): Promise<PrinterSummary>
  /** A paused printer takes jobs and prints none. `isChanged` false: it was so before. Throws as `get` does. */
  setPaused(
    caller: Caller,
    printerId: string,
    isPaused: boolean,
  ): Promise<{ readonly printer: PrinterSummary; readonly isChanged: boolean }>
  /**
   * The device blinks, beeps or prints its name. Throws as `get` does, ConflictError with reason `not_identifiable`, and
   * `unavailable` when the printer can't be reached.
   */
  identify(caller: Caller, printerId: string): Promise<PrinterSummary>
}

export interface PrinterControlOptions {
  readonly db: Db
  readonly events: EventsService
  readonly printers: PrintersService
  readonly dataDir: string
}

const IDENTIFY_MS = 15_000

export function createPrinterControlService(options: PrinterControlOptions): PrinterControlService {
  const { db, printers } = options
  const pauses = createPrinterPauseService(options)
  const folder = join(options.dataDir, 'virtual-printers')

  const reach = async (trx: Db, caller: Caller, printerId: string): Promise<Printer> => {
    const printer = isUuid(printerId) ? await printers.getPrinter(trx, printerId) : undefined
    if (!printer || printer.isRemoved) throw new NotFoundError('printer', printerId)
    assertReachesLocation(caller, printer.locationId)
    return printer
  }

  return {
    async list(caller, filter, list) {
      const { locationId, stationId } = filter
      if (locationId !== null) assertReachesLocation(caller, locationId)
      if ([locationId, stationId].some((id) => id !== null && !isStorableText(id))) return NOTHING
      if (stationId !== null && caller.locationId !== null) await assertReachesStation(db, caller, stationId)
      const narrowed = { ...filter, locationId: locationId ?? caller.locationId }
      return mapListPage(await listPrinterPage(db, narrowed, list), toPrinterSummary)
    },

    get: async (caller, printerId) => toPrinterSummary(await reach(db, caller, printerId)),

    setPaused: (caller, printerId, isPaused) =>
      inTransaction(db, async (trx) => {
        await reach(trx, caller, printerId)
        const isChanged = await pauses.set(trx, printerId, { isPaused, isHeld: false })
        return { printer: toPrinterSummary(await reach(trx, caller, printerId)), isChanged }
      }),

    async identify(caller, printerId) {
      const printer = await reach(db, caller, printerId)
      if (printer.connection.type === 'station') {
        await signalStation(db, { event: 'printer.identify', printerId, jobId: null })
      } else {
        await identifyPrinter(printer.connection, {
          printerName: printer.name,
          userName: caller.name,
          folder,
          signal: AbortSignal.timeout(IDENTIFY_MS),
        }).catch(refuseIdentification)
      }
      return toPrinterSummary(printer)
    },
  }
}

const NOTHING = { items: [], totalCount: 0, hasMore: false } as const

async function assertReachesStation(db: Db, caller: Caller, stationId: string): Promise<void> {
  const station = await findStation(db, stationId)
  if (station?.stationId === stationId) assertReachesLocation(caller, station.location.locationId)
}

function refuseIdentification(error: unknown): never {
  if (!(error instanceof IdentificationError)) throw error
  if (error.failure === 'unsupported') {
    throw new ConflictError('printer', 'not_identifiable', `the printer can't show itself: ${error.message}`)
  }
  throw new DomainError(
    'unavailable',
    `the printer can't be reached: ${error.message}`,
    { subject: 'printer' },
    { cause: error },
  )
}
