import type { Db } from '../db/database.ts'
import { wakePrinters } from '../db/printer-signals.ts'
import { newId } from '../ids.ts'
import { insertCommand } from './printer-command-store.ts'

/** Bytes for a printer that Packhouse drives, behind what is queued for it: contracts/thermal.md, section 2.3. */
export interface PrinterCommandsService {
  /**
   * Part of the caller's transaction. Its id; the end is told as that of a thermal job is. Whichever process has the printer
   * sends it.
   */
  queue(trx: Db, printerId: string, bytes: Buffer): Promise<string>
}

export function createPrinterCommandsService(): PrinterCommandsService {
  return {
    async queue(trx, printerId, bytes) {
      const commandId = newId('command')
      await insertCommand(trx, { commandId, printerId, bytes })
      await wakePrinters(trx, [printerId])
      return commandId
    },
  }
}
