import type { Config } from '../config.ts'
import type { DiscoveredPrinter } from '../delivery/discovered-printer.ts'
import { type Discovery, DiscoveryError } from '../delivery/printer-discovery.ts'
import { DomainError } from '../errors.ts'
import { connectionErrors } from './printer-connection.ts'

export interface PrinterDiscoveryService {
  /**
   * Printers of the network that answer within `waitMs`. Asks the network once for all who ask at the same time. Throws
   * `not_found` where the operator hasn't switched it on, `unavailable` when the network can't be asked.
   */
  discover(discovery: Discovery): Promise<readonly FoundPrinter[]>
}

export interface FoundPrinter extends DiscoveredPrinter {
  /** False: its port is none of PRINTER_PORTS, so that it can't be a station's printer. */
  readonly isAllowed: boolean
}

export function createPrinterDiscoveryService(
  discover: (discovery: Discovery) => Promise<readonly DiscoveredPrinter[]>,
  { isPrinterDiscoveryOn, printerPorts }: Pick<Config, 'isPrinterDiscoveryOn' | 'printerPorts'>,
): PrinterDiscoveryService {
  let running: Promise<readonly DiscoveredPrinter[]> | null = null
  return {
    async discover(discovery) {
      if (!isPrinterDiscoveryOn) {
        throw new DomainError('not_found', 'printers are not looked for here: PRINTER_DISCOVERY is off')
      }
      running ??= discover(discovery).finally(() => {
        running = null
      })
      const found = await running.catch((error: unknown) => {
        if (!(error instanceof DiscoveryError)) throw error
        throw new DomainError('unavailable', error.message, { subject: 'printer' }, { cause: error })
      })
      return found.map((printer) => {
        const errors = connectionErrors(printer.connection, { field: 'connection', printerPorts })
        return { ...printer, isAllowed: errors.length === 0 }
      })
    },
  }
}
