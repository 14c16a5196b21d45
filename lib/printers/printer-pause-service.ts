import type { Db } from '../db/database.ts'
import { signalStation, wakePrinters } from '../db/printer-signals.ts'
import type { EventsService } from '../webhooks/events-service.ts'
import { updatePaused } from './printer-change-store.ts'
import { lockPrinterState } from './printer-store.ts'
import { toPrinterSummary } from './printer.ts'
import type { PrintersService } from './printers-service.ts'

/** Pausing and resuming, in the transaction of whoever asks for it. */
export interface PrinterPauseService {
  /** False: it was so before, or the printer is gone. `isHeld`: by `packhouse hold`, until `packhouse release`. */
  set(
    trx: Db,
    printerId: string,
    change: { readonly isPaused: boolean; readonly isHeld: boolean },
  ): Promise<boolean>
}

export function createPrinterPauseService({
  events,
  printers,
}: {
  readonly events: EventsService
  readonly printers: Pick<PrintersService, 'getPrinter'>
}): PrinterPauseService {
  return {
    async set(trx, printerId, { isPaused, isHeld }) {
      const locked = await lockPrinterState(trx, printerId)
      if (!(await updatePaused(trx, { printerId, isPaused, isHeld }))) return false
      const printer = await printers.getPrinter(trx, printerId)
      await events.record(trx, {
        type: 'cloud_printing.printer.state_changed',
        resource: { type: 'printer', id: printerId },
        locationId: printer.locationId,
        merchantId: null,
        data: { ...toPrinterSummary(printer), previous: locked?.state },
      })
      if (!isPaused) await wakePrinters(trx, [printerId])
      const event = isPaused ? 'printer.paused' : 'printer.resumed'
      await signalStation(trx, { event, printerId, jobId: null })
      return true
    },
  }
}
