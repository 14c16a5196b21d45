import type { Db } from '../db/database.ts'
import type { Package } from '../orders/order.ts'
import { blockersOf, occurrencesFor } from './due-engine.ts'
import type { Occurrence } from './occurrence.ts'
import type { PackingDependencies } from './packing-dependencies.ts'
import type { Confirmed } from './packing-prints.ts'
import { instructionOf, lockScene, requireOccurrence, type Scene } from './packing-scene.ts'
import type { PackingTarget } from './packing-service.ts'
import type { OccurrenceReport, PackingView } from './packing-view.ts'

export async function reportAgain(
  dependencies: PackingDependencies,
  trx: Db,
  pack: Package,
  target: PackingTarget,
): Promise<OccurrenceReport> {
  const { pack: packNow, scene } = await lockScene(dependencies, trx, pack.packageId)
  return reportOf(dependencies, trx, scene, requireOccurrence(scene, packNow, target))
}

/** As `reportAgain` would answer: under the order's lock nothing else has changed. */
export function reportConfirmed(
  scene: Scene,
  pack: Package,
  { confirmation, printJob }: Confirmed,
): OccurrenceReport {
  const due = { ...scene.due, confirmations: [...scene.due.confirmations, confirmation] }
  const target = { instructionId: String(confirmation.instructionId), packageId: pack.packageId }
  const occurrence = requireOccurrence({ ...scene, due }, pack, target)
  return { occurrence, instruction: instructionOf(scene, occurrence), printJob }
}

export async function reportOf(
  dependencies: PackingDependencies,
  db: Db,
  scene: Scene,
  occurrence: Occurrence,
): Promise<OccurrenceReport> {
  const [report] = await reportsOf(dependencies, db, scene, [occurrence])
  return report as OccurrenceReport
}

/** One query, however many there are. */
export async function reportsOf(
  { printJobs }: PackingDependencies,
  db: Db,
  scene: Scene,
  occurrences: readonly Occurrence[],
): Promise<readonly OccurrenceReport[]> {
  const confirmationIds = occurrences.flatMap(({ confirmation }) => confirmation?.confirmedId ?? [])
  const jobs = await printJobs.jobsOfConfirmations(db, confirmationIds)
  return occurrences.map((occurrence) => ({
    occurrence,
    instruction: instructionOf(scene, occurrence),
    printJob: jobs.get(occurrence.confirmation?.confirmedId ?? '') ?? null,
  }))
}

export async function viewOf(
  dependencies: PackingDependencies,
  trx: Db,
  scene: Scene,
  pack: Package,
): Promise<PackingView> {
  const occurrences = occurrencesFor(scene.due, pack.packageId)
  const isPacked = pack.status === 'packed'
  const blockers = isPacked ? [`package ${pack.packageId} is packed already`] : blockersOf(occurrences)
  return {
    package: pack,
    occurrences: await reportsOf(dependencies, trx, scene, occurrences),
    canFinish: blockers.length === 0,
    blockers,
  }
}
