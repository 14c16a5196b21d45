import type { Db } from '../db/database.ts'
import { wakePrinters } from '../db/printer-signals.ts'
import { inTransaction } from '../db/transaction.ts'
import { newId } from '../ids.ts'
import { insertCommand } from './printer-command-store.ts'

/** Bytes for a printer that Packhouse drives, behind what is queued for it: contracts/thermal.md, section 2.3. */
export interface PrinterCommandsService {
  /** Its id; the end is told as that of a thermal job is. Whichever process has the printer sends it. */
  queue(printerId: string, bytes: Buffer): Promise<string>
}

export function createPrinterCommandsService({ db }: { db: Db }): PrinterCommandsService {
  return {
    async queue(printerId, bytes) {
      const commandId = newId('command')
      await inTransaction(db, async (trx) => {
        await insertCommand(trx, { commandId, printerId, bytes })
        await wakePrinters(trx, [printerId])
      })
      return commandId
    },
  }
}
