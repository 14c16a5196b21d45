import type { Db } from '../db/database.ts'
import { wakePrinters } from '../db/printer-signals.ts'
import { isUniqueViolation } from '../db/transaction.ts'
import { ConflictError } from '../errors.ts'
import { toPrinterInsert } from './new-station.ts'
import type { NewPrinter, Printer } from './printer.ts'
import { clearPrinterCodes, updatePrinter } from './printer-change-store.ts'
import { insertPrinter, type PrinterInsert } from './printer-store.ts'
import { asNewPrinter, changedPrinter } from './station-change.ts'

export interface PrinterReplacement {
  readonly stationId: string
  /** Those left out have been removed by now. */
  readonly before: readonly Printer[]
  readonly after: readonly NewPrinter[]
  newId(): string
}

/**
 * A station's printers become that list: one that is matched by its name is changed, the others are new
 * (contracts/cloud-printing.md, section 5). The station is locked by the caller. Throws ConflictError for a code.
 */
export async function replacePrinters(trx: Db, replacement: PrinterReplacement): Promise<void> {
  const { stationId, before, after } = replacement
  const placeOf = new Map(before.map(({ printerId }, position) => [printerId, position]))
  const changes = after.map((given, position): Change => {
    const old = before.find(({ name }) => name === given.name)
    if (!old)
      return {
        old: null,
        row: toPrinterInsert(given, { printerId: replacement.newId(), stationId, position }),
      }
    const place = { printerId: old.printerId, stationId, position }
    const unchanged = toPrinterInsert(asNewPrinter(old), {
      ...place,
      position: placeOf.get(old.printerId) ?? -1,
    })
    const row = toPrinterInsert(changedPrinter(old, given), place)
    return { old, row, isSame: JSON.stringify(unchanged) === JSON.stringify(row) }
  })
  const changed = changes.filter(({ isSame }) => isSame !== true)
  await clearPrinterCodes(
    trx,
    changed.flatMap(({ old, row }) => (old && old.code !== row.code ? [old.printerId] : [])),
  )
  for (const { old, row } of changed) {
    const write = old
      ? updatePrinter(trx, { ...row, status: row.status === old.status ? null : row.status })
      : insertPrinter(trx, row)
    await write.catch((error: unknown) => refuseTakenCode(error, row))
  }
  await wakePrinters(
    trx,
    changed.flatMap(({ old }) => (old ? [old.printerId] : [])),
  )
}

interface Change {
  /** Null: it is new. */
  readonly old: Printer | null
  readonly row: PrinterInsert
  readonly isSame?: boolean
}

function refuseTakenCode(
  error: unknown,
  { position, code }: Pick<PrinterInsert, 'position' | 'code'>,
): never {
  if (!isUniqueViolation(error, 'printers_code_key')) throw error
  const field = `printers.${position}.code`
  throw new ConflictError('printer', 'taken', `printer code ${code} is taken`, { field })
}
