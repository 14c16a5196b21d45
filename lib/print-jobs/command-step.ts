import type { Logger } from 'pino'
import type { Db } from '../db/database.ts'
import type { DeliveryContext, DeliveryResult } from '../delivery/driver.ts'
import type { Printer } from '../printers/printer.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import { answered, stateAfter } from './job-outcome.ts'
import { reasonText } from './job-state.ts'
import type { Lease } from './lease-store.ts'
import { SendingRefused } from './ledger-service.ts'
import { untilRecorded } from './outcome-recording.ts'
import { endCommand, markCommandSending, type PrinterCommand } from './printer-command-store.ts'

/** Takes a command to its printer and records how it ended. */
export type SendCommand = (lease: Lease, command: PrinterCommand, signal: AbortSignal) => Promise<void>

export interface CommandStepOptions {
  readonly db: Db
  readonly printers: PrintersService
  readonly send: (
    printer: Printer,
    command: PrinterCommand,
    context: DeliveryContext,
  ) => Promise<DeliveryResult>
  readonly log: Logger
}

/** A command is sent once or not at all: one that was interrupted is failed by whoever has the printer next. */
export function createCommandStep({ db, printers, send, log }: CommandStepOptions): SendCommand {
  return async (lease, command, signal) => {
    const { commandId } = command
    const printer = await printers.getPrinter(db, lease.printerId)
    if (printer.isRemoved) {
      const reason = reasonText('printer-removed', `${printer.name} was removed`)
      return endCommand(db, lease, { commandId, status: 'canceled', reason })
    }
    const result = await send(printer, command, {
      signal,
      async beforeFirstByte() {
        if (await markCommandSending(db, lease, commandId)) return
        throw new SendingRefused('another process drives this printer now')
      },
    })
    log.info({ commandId, printerId: printer.printerId, outcome: result.outcome }, 'command sent')
    const { status, reason } = stateAfter(answered(result), 0)
    await untilRecorded(() => endCommand(db, lease, { commandId, status, reason }), {
      signal,
      onFailure: (error) => log.warn({ err: error, commandId }, 'outcome of a command not recorded yet'),
    })
  }
}
