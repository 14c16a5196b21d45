import type { Caller } from '../access/caller.ts'
import type { PrinterCommandsService } from '../print-jobs/printer-commands-service.ts'
import { commandBytes, PRINTER_COMMANDS } from './escpos-writer.ts'
import type { JsonObject } from './json-text.ts'
import { asString, member } from './lenient.ts'
import type { ReceiptsService } from './receipts-service.ts'
import { quoted, ThermalError } from './thermal-error.ts'
import type { SubmittedJob } from './thermal-jobs-service.ts'

/** `ExecuteCommand`: contracts/thermal.md, section 2.3. */
export interface ThermalCommandsService {
  /** Queued at its printer; `jobId` is the command's, whose end is told like that of a job. Throws ThermalError. */
  submit(caller: Caller, message: JsonObject): Promise<SubmittedJob>
}

export function createThermalCommandsService(options: {
  readonly receipts: ReceiptsService
  readonly printerCommands: PrinterCommandsService
}): ThermalCommandsService {
  const { receipts, printerCommands } = options
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
      const jobId = await printerCommands.queue(printerId, commandBytes(command, settings))
      return { jobId, printerId, code }
    },
  }
}
