import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import type { EventsService } from '../webhooks/events-service.ts'
import { type PrinterStatus, toPrinterSummary } from './printer.ts'
import { listPrinters } from './printer-store.ts'
import { takeSilenceChanges } from './station-silence-store.ts'

/** Tells that printers are offline with their station, and that they are back: contracts/cloud-printing.md, "Routing". */
export interface StationSilence {
  /**
   * One event per printer of stations whose client has fallen silent, or has called again, since it was told last. Of any
   * number of processes one tells it.
   */
  tell(): Promise<void>
}

/** A tick's worth; the next one tells of the others. */
const STATIONS_PER_TICK = 50

export function createStationSilence({ db, events }: { db: Db; events: EventsService }): StationSilence {
  return {
    tell: () =>
      inTransaction(db, async (trx) => {
        const changes = await takeSilenceChanges(trx, STATIONS_PER_TICK)
        for (const { stationId, isSilent, stationStatus } of changes) {
          // A station that was set offline has offline printers, whether its client calls or not.
          if (stationStatus === 'offline') continue
          for (const printer of await listPrinters(trx, [stationId])) {
            if (printer.status === 'offline') continue
            const before: PrinterStatus = isSilent ? printer.status : 'offline'
            await events.record(trx, {
              type: 'cloud_printing.printer.state_changed',
              resource: { type: 'printer', id: printer.printerId },
              locationId: printer.locationId,
              merchantId: null,
              data: {
                ...toPrinterSummary(printer),
                previous: { status: before, stateReasons: printer.stateReasons },
              },
            })
          }
        }
      }),
  }
}
