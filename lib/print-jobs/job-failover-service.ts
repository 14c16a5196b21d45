import type { Db } from '../db/database.ts'
import { wakePrinters } from '../db/printer-signals.ts'
import { inTransaction } from '../db/transaction.ts'
import { RENDERABLE } from '../printers/printer-capability.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import { healthOf, type RoutingCandidate, route } from '../printers/routing.ts'
import { listMovable, lockMovable, moveToPrinter } from './job-failover-store.ts'
import { findRouting } from './job-history-store.ts'
import type { PrintJob } from './print-job.ts'
import { getPrintJob } from './print-job-store.ts'

/** Another printer for jobs of which nothing was sent: contracts/printing.md, "Outcome: the ledger", `not_sent`. */
export interface JobFailoverService {
  /**
   * Moves the queue of a printer that takes nothing to others that are well, in its order; answers how many jobs were
   * moved. A job goes only where it could have gone when it was made, to a printer of the same pool: one for a named
   * printer, and one that no other can print, stay.
   */
  relieve(printerId: string): Promise<number>
}

/** The rest of a longer queue follows at the next refusal. */
const MOVED_MAX = 100

export function createJobFailoverService({
  db,
  printers,
}: {
  readonly db: Db
  readonly printers: PrintersService
}): JobFailoverService {
  const move = async (trx: Db, jobId: string, printerId: string): Promise<boolean> => {
    if (!(await lockMovable(trx, jobId, printerId))) return false
    const job = await getPrintJob(trx, jobId)
    const routing = await findRouting(trx, jobId)
    const eligible = new Set(routing?.candidates.flatMap((one) => (one.isEligible ? [one.printer.id] : [])))
    const all = await printers.candidates(trx, job.locationId, job.createdBy)
    const own = all.find(({ id }) => id === printerId)
    const others = all.filter((one) => eligible.has(one.id) && own !== undefined && canRelieve(one, own))
    const target = best(job, others)
    if (!target) return false
    const warning = `printer-changed: ${job.printer.name} takes no jobs, so it goes to ${target.name} at ${target.station.displayName}`
    await moveToPrinter(trx, { jobId, printerId: target.id, warning })
    await wakePrinters(trx, [target.id])
    return true
  }

  return {
    async relieve(printerId) {
      let moved = 0
      for (const jobId of await listMovable(db, printerId, MOVED_MAX)) {
        if (await inTransaction(db, (trx) => move(trx, jobId, printerId))) moved += 1
      }
      return moved
    },
  }
}

/** One that Packhouse drives itself and that is well now: a queue must not wander between printers that are off. */
function canRelieve(other: RoutingCandidate, own: RoutingCandidate): boolean {
  const health = healthOf(other)
  return (
    other.id !== own.id &&
    other.pool === own.pool &&
    other.connection.type !== 'station' &&
    (health === 'online' || health === 'busy')
  )
}

/** In the order of routing; at the station at hand if it has one, where somebody waits for the paper. */
function best({ options, mediaType, station }: PrintJob, candidates: readonly RoutingCandidate[]) {
  const request = {
    stationId: null,
    printerName: null,
    pool: null,
    preferredStationId: station.stationId,
    paperSize: options.paperSize,
    orientation: options.orientation,
    colorPrint: options.colorPrint,
    doubleSided: options.doubleSided,
    mediaType,
    renderable: RENDERABLE,
  }
  return route(request, candidates).chosen
}
