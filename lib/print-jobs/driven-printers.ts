import { LRUCache } from 'lru-cache'
import type { Db } from '../db/database.ts'
import type { Printer } from '../printers/printer.ts'
import type { PrintersService } from '../printers/printers-service.ts'

/** A printer as it was at that version of its row; the depth of its queue may be an older one. */
export type DrivenPrinters = (printerId: string, version: string) => Promise<Printer>

const KEPT_MAX = 1_000

/** Read once for each version: a long queue would have it read, and its own length counted, for each of its jobs. */
export function createDrivenPrinters({
  db,
  printers,
}: {
  readonly db: Db
  readonly printers: PrintersService
}): DrivenPrinters {
  const kept = new LRUCache<string, { readonly version: string; readonly printer: Printer }>({
    max: KEPT_MAX,
  })
  return async (printerId, version) => {
    const known = kept.get(printerId)
    if (known?.version === version) return known.printer
    const printer = await printers.getPrinter(db, printerId)
    kept.set(printerId, { version, printer })
    return printer
  }
}
