import type { Caller } from '../access/caller.ts'
import type { Printer } from '../printers/printer.ts'
import { commandBytes, PRINTER_COMMANDS } from './escpos-writer.ts'
import type { JsonObject } from './json-text.ts'
import { asString, member } from './lenient.ts'
import type { ReceiptsService } from './receipts-service.ts'
import { quoted, ThermalError } from './thermal-error.ts'

/** Sends bytes to a printer that Packhouse drives, behind what it is being sent. */
export type SendCommand = (printer: Printer, bytes: Buffer, signal: AbortSignal) => Promise<void>

export interface ThermalCommand {
  readonly printerId: string
  send(signal: AbortSignal): Promise<void>
}

/** `ExecuteCommand`: contracts/thermal.md, section 2.3. Throws ThermalError, now or when it is sent. */
export type ReadCommand = (caller: Caller, message: JsonObject) => Promise<ThermalCommand>

export function createReadCommand(options: {
  readonly receipts: ReceiptsService
  readonly send: SendCommand
}): ReadCommand {
  const { receipts, send } = options
  return async (caller, message) => {
    const trimmed = (name: string) => (asString(member(message, name)) ?? '').trim()
    const { printer, settings, code } = await receipts.getPrinter(caller, {
      PrinterId: trimmed('PrinterId'),
    })
    if (printer.connection.type === 'station') throw new ThermalError(`Printer ${code} takes no commands`)
    const name = trimmed('Command')
    if (name === '') throw new ThermalError('Command is required')
    const command = PRINTER_COMMANDS.find((known) => known.toLowerCase() === name.toLowerCase())
    if (!command) throw new ThermalError(`Unknown Command '${quoted(name)}'`)
    const bytes = commandBytes(command, settings)
    return {
      printerId: printer.printerId,
      send: (signal) =>
        send(printer, bytes, signal).catch((error: unknown) => {
          const words = error instanceof Error ? error.message : String(error)
          throw new ThermalError(`Printer ${code}: connecting-to-device: ${words}`, { cause: error })
        }),
    }
  }
}
