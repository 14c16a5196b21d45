import type { Caller } from '../access/caller.ts'
import type { Instruction } from '../instructions/instruction.ts'
import type { Package } from '../orders/order.ts'
import type { PreparedJob } from '../print-jobs/label-checks.ts'
import type { Station } from '../printers/printer.ts'
import type { RoutingCandidate } from '../printers/routing.ts'
import type { PackingDependencies } from './packing-dependencies.ts'
import { isSettled } from './packing-scene.ts'
import type { PackingView } from './packing-view.ts'

/** Of one package: it has three or four. */
const BEFOREHAND_MAX = 20

interface Floor {
  readonly caller: Caller
  readonly pack: Package
  readonly station: Station | null
}

/** A label that nobody has looked at as the printer that was chosen would print it: that takes long, and is done first. */
export class LabelNotExamined extends Error {
  override readonly name = 'LabelNotExamined'
  readonly job: PreparedJob
  constructor(job: PreparedJob) {
    super(`document ${job.document.documentId} has not been examined for its printer`)
    this.job = job
  }
}

/** What is known to be wrong with a label. Throws LabelNotExamined where nothing is known. */
export function warningsKnown(
  { labelChecks }: PackingDependencies,
  job: PreparedJob,
  printer: RoutingCandidate,
): readonly string[] {
  const known = labelChecks.known(job, printer)
  if (known === undefined) throw new LabelNotExamined(job)
  return known?.warnings ?? []
}

/** Draws and looks at what confirmations of a package will print while it is packed, so that none of them waits for it. */
export function prepareBeforehand(
  { labelChecks }: PackingDependencies,
  floor: Floor,
  { occurrences }: PackingView,
): void {
  const due = occurrences.filter(({ occurrence }) => !isSettled(occurrence))
  const jobs = due.flatMap(({ instruction }) => jobOf(floor, instruction) ?? [])
  for (const job of jobs.slice(0, BEFOREHAND_MAX)) labelChecks.prepare(job)
}

/** What a confirmation prints; null without a file. */
export function jobOf(
  { caller, pack, station }: Floor,
  { document, printTarget }: Instruction,
): PreparedJob | null {
  if (!document) return null
  return {
    document,
    locationId: station?.location.locationId ?? pack.locationId,
    callerId: caller.id,
    printTarget,
    preferredStationId: station?.stationId ?? null,
    stationId: null,
    printerName: null,
    options: {},
  }
}
