import type { Db } from '../db/database.ts'
import { signalStation, wakePrinters } from '../db/printer-signals.ts'
import { inTransaction } from '../db/transaction.ts'
import { RENDERABLE } from '../printers/printer-capability.ts'
import type { PrintersService } from '../printers/printers-service.ts'
import { healthOf, type RoutingCandidate, route } from '../printers/routing.ts'
import { listAttended, listMovable, listPacket, lockMovable, moveToPrinter } from './job-failover-store.ts'
import { findRouting } from './job-history-store.ts'
import type { PrintJob } from './print-job.ts'
import { getPrintJob } from './print-job-store.ts'

/** Another printer for jobs of which nothing was sent: contracts/printing.md, "Outcome: the ledger", `not_sent`. */
export interface JobFailoverService {
  /**
   * Moves the queue of a printer that takes nothing to others that are well, in its order; answers how many jobs were
   * moved. A job goes only where it could have gone when it was made, to a printer of the same pool: one for a named
   * printer, and one that no other can print, stay. Papers of one package go to one printer, or stay together.
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
  /** The papers at that printer that must go with the job, locked; none when one of them can't go now. */
  const lockPacket = async (trx: Db, mates: readonly Mate[], printerId: string): Promise<PrintJob[]> => {
    const jobs: PrintJob[] = []
    for (const mate of mates.filter((one) => one.printerId === printerId)) {
      if (!(await lockMovable(trx, mate.jobId, printerId))) return []
      jobs.push(await getPrintJob(trx, mate.jobId))
    }
    return jobs
  }

  /** Printers that each of the jobs may go to, best first. */
  const targetsOf = async (
    trx: Db,
    jobs: readonly PrintJob[],
    packetPrinterId: string | null,
  ): Promise<readonly RoutingCandidate[]> => {
    let shared: readonly RoutingCandidate[] | undefined
    for (const job of jobs) {
      const targets = await relievers(trx, job)
      const ids = new Set(targets.map(({ id }) => id))
      shared = shared ? shared.filter(({ id }) => ids.has(id)) : targets
      shared = ranked(job, shared, packetPrinterId)
    }
    return shared ?? []
  }

  const relievers = async (trx: Db, job: PrintJob): Promise<readonly RoutingCandidate[]> => {
    const routing = await findRouting(trx, job.jobId)
    const eligible = new Set(routing?.candidates.flatMap((one) => (one.isEligible ? [one.printer.id] : [])))
    const all = await printers.candidates(trx, job.locationId, job.createdBy)
    const own = all.find(({ id }) => id === job.printer.printerId)
    const others = all.filter((one) => eligible.has(one.id) && own !== undefined && canRelieve(one, own))
    const attended = await listAttended(
      trx,
      others.filter(isStations).map(({ station }) => station.id),
    )
    return others.filter((one) => !isStations(one) || attended.has(one.station.id))
  }

  /** With all that must stay together with it; answers the jobs that were moved. */
  const move = async (trx: Db, jobId: string, printerId: string): Promise<readonly string[]> => {
    const mates = await listPacket(trx, jobId)
    const jobs = await lockPacket(trx, mates, printerId)
    const elsewhere = mates.findLast((mate) => mate.printerId !== printerId)
    const targets = await targetsOf(trx, jobs, elsewhere?.printerId ?? null)
    // A client may be there and its printer not: it is the last resort.
    const target = targets.find((one) => !isStations(one)) ?? targets[0]
    if (!target) return []
    for (const job of jobs) {
      const warning = `printer-changed: ${job.printer.name} takes no jobs, so it goes to ${target.name} at ${target.station.displayName}`
      const warnings = [...job.warnings, warning]
      // Only the first can find it removed: from then on its row is locked.
      const change = { jobId: job.jobId, printerId: target.id, warnings, updatedBy: job.updatedBy }
      if (!(await moveToPrinter(trx, change))) return []
      await signalStation(trx, { event: 'job.queued', printerId: target.id, jobId: job.jobId })
    }
    await wakePrinters(trx, [target.id])
    return jobs.map((job) => job.jobId)
  }

  return {
    async relieve(printerId) {
      const moved = new Set<string>()
      for (const jobId of await listMovable(db, printerId, MOVED_MAX)) {
        if (moved.has(jobId)) continue
        for (const one of await inTransaction(db, (trx) => move(trx, jobId, printerId))) moved.add(one)
      }
      return moved.size
    },
  }
}

interface Mate {
  readonly jobId: string
  readonly printerId: string
}

function isStations({ connection }: RoutingCandidate): boolean {
  return connection.type === 'station'
}

/** One that is well now: a queue must not wander between printers that are off. */
function canRelieve(other: RoutingCandidate, own: RoutingCandidate): boolean {
  const health = healthOf(other)
  return other.id !== own.id && other.pool === own.pool && (health === 'online' || health === 'busy')
}

/** In the order of routing; at the station at hand if it has one, where somebody waits for the paper. */
function ranked(
  { options, mediaType, station }: PrintJob,
  candidates: readonly RoutingCandidate[],
  packetPrinterId: string | null,
): readonly RoutingCandidate[] {
  const request = {
    stationId: null,
    printerName: null,
    pool: null,
    preferredStationId: station.stationId,
    packetPrinterId,
    paperSize: options.paperSize,
    orientation: options.orientation,
    colorPrint: options.colorPrint,
    doubleSided: options.doubleSided,
    mediaType,
    renderable: RENDERABLE,
  }
  return route(request, candidates).candidates.flatMap((one) => (one.isEligible ? [one.printer] : []))
}
