import type { Caller } from '../access/caller.ts'
import { inTransaction } from '../db/transaction.ts'
import { NotFoundError } from '../errors.ts'
import type { Package } from '../orders/order.ts'
import type { OrdersService } from '../orders/orders-service.ts'
import type { Examination } from '../print-jobs/label-checks.ts'
import type { PrintJob } from '../print-jobs/print-job.ts'
import type { StationWithPrinters } from '../printers/printer.ts'
import { insertDeferral } from './deferral-store.ts'
import { closePackage, reopenPackage } from './package-closing.ts'
import type { PackingDependencies } from './packing-dependencies.ts'
import { type PackingPicture, pictureOf } from './packing-pictures.ts'
import { LabelNotExamined, prepareBeforehand } from './packing-labels.ts'
import { previewOf } from './packing-preview.ts'
import { confirmAndPrint } from './packing-prints.ts'
import { readReason } from './packing-reason.ts'
import { reportAgain, reportConfirmed, reportOf, viewOf } from './packing-reports.ts'
import { reprintConfirmed } from './packing-reprints.ts'
import {
  assertSeen,
  assertUnpacked,
  isSettled,
  lockScene,
  readScene,
  requireOccurrence,
  requireShown,
} from './packing-scene.ts'
import type { OccurrenceReport, PackingPreview, PackingView } from './packing-view.ts'

/** The packing floor: contracts/packing.md. Every method works on the orders of all merchants. */
export interface PackingService {
  /** Finds the package that a scanned code means, and notes that somebody works on it. */
  open(caller: Caller, code: string, options: { readonly stationId: string | null }): Promise<PackingView>
  /**
   * Confirms and, if there is a file, queues it, in one transaction; repeating it answers what was confirmed and prints
   * nothing more. When another package had it first, that confirmation is answered, state `elsewhere`.
   */
  confirm(caller: Caller, target: PackingTarget, options: ConfirmOptions): Promise<OccurrenceReport>
  /** Puts a due occurrence off; of one that isn't due it answers the state. */
  defer(caller: Caller, target: PackingTarget): Promise<OccurrenceReport>
  /**
   * Queues what was confirmed once more, at a packed package too: see `reprintConfirmed`. Idempotent with the job that the
   * packer saw.
   */
  reprint(caller: Caller, target: PackingTarget, options: ReprintOptions): Promise<PrintJob>
  finish(caller: Caller, packageId: string): Promise<Package>
  /** Opens a packed package with its shipment and order, and keeps who did it and why. Confirmations stay. */
  reopen(caller: Caller, packageId: string, reason: string): Promise<Package>
  preview(caller: Caller, orderUniqueId: string): Promise<PackingPreview>
  /** A page of the file that the instruction prints; `page` counts from 1. Changes nothing: see `pictureOf`. */
  picture(caller: Caller, target: PackingTarget, page: number): Promise<PackingPicture>
  /** Of the caller's location, or of all; those closed to the caller for supervisors alone. */
  stations(caller: Caller): Promise<readonly StationWithPrinters[]>
}

export interface PackingTarget {
  readonly instructionId: string
  readonly packageId: string
}

export interface ConfirmOptions {
  readonly stationId: string | null
  /** The revision that the packer saw; null: whatever is newest. */
  readonly revision: number | null
}

export interface ReprintOptions {
  /** 3 to 1,023 characters, blanks around them aside. */
  readonly reason: string
  /** Null: routed as a confirmation would be. */
  readonly printerId: string | null
  /** The job that the packer saw; null: whatever is newest. */
  readonly printJobId: string | null
}

/** More than the longest code there is, a tracking number of 191 characters, with what a scanner puts around it. */
const CODE_LENGTH_MAX = 1_000
/** The packer waits for no more than this; a label that was opened a while ago is known already. */
const EXAMINATION_MS = 400
/** What a scanner puts around a code: line ends, tabs, STX and ETX. U+0000 is no scanner's, and names nothing. */
const SCANNER_FRAME = /^[^\P{Cc}\0]+|[^\P{Cc}\0]+$/gu

export function createPackingService(dependencies: PackingDependencies): PackingService {
  const { db, orders, printers } = dependencies
  return {
    async open(caller, code, { stationId }) {
      const station = stationId === null ? null : await printers.getStation(caller, stationId)
      const found = await findScanned(orders, code)
      if (!found) throw new NotFoundError('package', code)
      const { view, pack } = await openPackage(dependencies, found.packageId)
      prepareBeforehand(dependencies, { caller, pack, station }, view)
      return view
    },

    async confirm(caller, target, options) {
      const asked = { ...options, caller, target }
      try {
        return await confirm(dependencies, asked)
      } catch (error) {
        if (!(error instanceof LabelNotExamined)) throw error
        const examination = await dependencies.labelChecks.examine(error.job, EXAMINATION_MS)
        return confirm(dependencies, { ...asked, examination })
      }
    },

    defer: (caller, target) =>
      inTransaction(db, async (trx) => {
        const { pack, scene } = await lockScene(dependencies, trx, target.packageId)
        const occurrence = requireOccurrence(scene, pack, target)
        if (isSettled(occurrence)) return reportOf(dependencies, trx, scene, occurrence)
        assertUnpacked(pack)
        const { instructionId, revision } = occurrence
        await insertDeferral(trx, {
          instructionId,
          revision,
          packageId: pack.packageId,
          userId: caller.id,
        })
        await orders.markOpened(trx, pack)
        return reportAgain(dependencies, trx, pack, target)
      }),

    async reprint(caller, target, { reason, ...options }) {
      const request = { ...options, caller, reason: readReason(reason) }
      return inTransaction(db, async (trx) => {
        const { pack, scene } = await lockScene(dependencies, trx, target.packageId)
        const occurrence = requireShown(scene, pack, target)
        return reprintConfirmed(dependencies, trx, { ...request, scene, occurrence })
      })
    },

    finish: (_caller, packageId) => inTransaction(db, (trx) => closePackage(dependencies, trx, packageId)),

    async reopen(caller, packageId, given) {
      const reopening = { caller, packageId, reason: readReason(given) }
      return inTransaction(db, (trx) => reopenPackage(dependencies, trx, reopening))
    },

    picture: (caller, target, page) => pictureOf(dependencies, caller, { target, page }),

    stations: (caller) => printers.listStations(caller),

    async preview(caller, orderUniqueId) {
      const order = await orders.getOrder(caller, orderUniqueId).catch(asNothingToPack)
      if (order.state === 'canceled') throw new NotFoundError('package', orderUniqueId)
      return previewOf(dependencies, caller, await readScene(dependencies, db, order, null))
    },
  }
}

interface AskedConfirmation extends ConfirmOptions {
  readonly caller: Caller
  readonly target: PackingTarget
  readonly examination?: Examination | null
}

/** Throws LabelNotExamined, and nothing was changed. */
function confirm(
  dependencies: PackingDependencies,
  { caller, target, stationId, revision, examination }: AskedConfirmation,
): Promise<OccurrenceReport> {
  const { db, printers } = dependencies
  return inTransaction(db, async (trx) => {
    const [station, { pack, scene }] = await Promise.all([
      stationId === null ? null : printers.getStation(caller, stationId, trx),
      lockScene(dependencies, trx, target.packageId),
    ])
    const occurrence = requireOccurrence(scene, pack, target)
    assertSeen(occurrence, revision)
    if (isSettled(occurrence)) return reportOf(dependencies, trx, scene, occurrence)
    assertUnpacked(pack)
    const confirming = { caller, scene, pack, occurrence, station, examination }
    const confirmed = await confirmAndPrint(dependencies, trx, confirming)
    return confirmed ? reportConfirmed(scene, pack, confirmed) : reportAgain(dependencies, trx, pack, target)
  })
}

async function openPackage(dependencies: PackingDependencies, packageId: string) {
  return inTransaction(dependencies.db, async (trx) => {
    const { pack, scene } = await lockScene(dependencies, trx, packageId)
    await dependencies.orders.markOpened(trx, pack)
    return { pack, view: await viewOf(dependencies, trx, scene, pack) }
  })
}

/** As it is, and then without the blanks that a person adds: ids may hold some of their own. */
async function findScanned(orders: OrdersService, code: string): Promise<Package | undefined> {
  if (code.length > CODE_LENGTH_MAX) return undefined
  const typed = code.replace(SCANNER_FRAME, '')
  return (await orders.findPackageByCode(typed)) ?? orders.findPackageByCode(typed.trim())
}

function asNothingToPack(error: unknown): never {
  if (error instanceof NotFoundError) throw new NotFoundError('package', String(error.details['id']))
  throw error
}
