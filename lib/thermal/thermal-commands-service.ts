import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { inTransactionOrDoubt } from '../db/doubtful-commit.ts'
import type { PrinterCommandsService } from '../print-jobs/printer-commands-service.ts'
import { commandBytes, PRINTER_COMMANDS } from './escpos-writer.ts'
import type { JsonObject } from './json-text.ts'
import { asString, member } from './lenient.ts'
import type { ReceiptsService } from './receipts-service.ts'
import { quoted, ThermalError } from './thermal-error.ts'
import type { SubmittedJob } from './thermal-jobs-service.ts'

/** `ExecuteCommand`: contracts/thermal.md, section 2.3. */
export interface ThermalCommandsService {
  /**
   * Queued at its printer; `jobId` is the command's, whose end is told like that of a job. Throws ThermalError: nothing is
   * carried out then; `unavailable` says so where something may be.
   */
  submit(caller: Caller, message: JsonObject): Promise<SubmittedJob>
}

const DOUBT = 'the database went away while the command was queued: it may have been carried out, or will'

export function createThermalCommandsService(options: {
  readonly db: Db
  readonly receipts: ReceiptsService
  readonly printerCommands: PrinterCommandsService
}): ThermalCommandsService {
  const { db, receipts, printerCommands } = options
  return {
    async submit(caller, message) {
      const trimmed = (name: string) => (asString(member(message, name)) ?? '').trim()
      const { printer, settings, code } = await receipts.getPrinter(caller, {
        PrinterId: trimmed('PrinterId'),
      })
      if (printer.connection.type === 'station') throw new ThermalError(`Printer ${code} takes no commands`)
      const name = trimmed('Command')
      if (name === '') throw new ThermalError('Command is required')
      const command = PRINTER_COMMANDS.find((known) => known.toLowerCase() === name.toLowerCase())
      if (!command) throw new ThermalError(`Unknown Command '${quoted(name)}'`)
      const { printerId } = printer
      const bytes = commandBytes(command, settings)
      const jobId = await inTransactionOrDoubt(db, DOUBT, (trx) =>
        printerCommands.queue(trx, printerId, bytes),
      )
      return { jobId, printerId, code }
    },
  }
}
