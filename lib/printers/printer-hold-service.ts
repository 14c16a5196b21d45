import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { listHeldPrinters, listRunningPrinters } from './printer-hold-store.ts'
import type { PrinterPauseService } from './printer-pause-service.ts'

/** All printers at once, for after a restore: docs/operations.md. Both answer how many they changed. */
export interface PrinterHoldService {
  /** Pauses those that nobody has paused. What is on its way to one ends. */
  hold(): Promise<number>
  /** Resumes those that `hold` paused and that are still paused. */
  release(): Promise<number>
}

const BATCH_PRINTERS = 100
/** Far more printers than there are; each round leaves fewer. */
const ROUNDS_MAX = 1_000

export function createPrinterHoldService({
  db,
  pauses,
}: {
  readonly db: Db
  readonly pauses: PrinterPauseService
}): PrinterHoldService {
  const setAll = async (list: typeof listHeldPrinters, isPaused: boolean): Promise<number> => {
    let changed = 0
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const printerIds = await list(db, BATCH_PRINTERS)
      if (printerIds.length === 0) return changed
      changed += await inTransaction(db, async (trx) => {
        let count = 0
        for (const printerId of printerIds) {
          if (await pauses.set(trx, printerId, { isPaused, isHeld: isPaused })) count += 1
        }
        return count
      })
    }
    return changed
  }

  return {
    hold: () => setAll(listRunningPrinters, true),
    release: () => setAll(listHeldPrinters, false),
  }
}
