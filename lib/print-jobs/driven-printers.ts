import { LRUCache } from 'lru-cache'
import type { Db } from '../db/database.ts'
import type { Printer } from '../printers/printer.ts'
import type { PrintersService } from '../printers/printers-service.ts'

/** A printer as it was at that version of its row; the depth of its queue may be an older one. */
export interface DrivenPrinters {
  at(printerId: string, version: string): Promise<Printer>
  /** Undefined where it would have to be read. */
  kept(printerId: string, version: string): Printer | undefined
}

const KEPT_MAX = 1_000

/** Read once for each version: a long queue would have it read, and its own length counted, for each of its jobs. */
export function createDrivenPrinters({
  db,
  printers,
}: {
  readonly db: Db
  readonly printers: PrintersService
}): DrivenPrinters {
  const all = new LRUCache<string, { readonly version: string; readonly printer: Printer }>({
    max: KEPT_MAX,
  })
  const kept = (printerId: string, version: string): Printer | undefined => {
    const known = all.get(printerId)
    return known?.version === version ? known.printer : undefined
  }
  return {
    kept,
    async at(printerId, version) {
      const known = kept(printerId, version)
      if (known) return known
      const printer = await printers.getPrinter(db, printerId)
      all.set(printerId, { version, printer })
      return printer
    },
  }
}
