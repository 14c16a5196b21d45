import type { Caller } from '../access/caller.ts'
import { fileRemoved } from '../documents/removed-file.ts'
import type { Instruction } from '../instructions/instruction.ts'
import { occurrencesOfOrder } from './due-engine.ts'
import type { PackingDependencies } from './packing-dependencies.ts'
import { reportsOf } from './packing-reports.ts'
import type { Scene } from './packing-scene.ts'
import type { PackingPreview, PreviewedRoute } from './packing-view.ts'

/** Every occurrence of the order, and the printer that each file would go to as things stand. Changes nothing. */
export async function previewOf(
  dependencies: PackingDependencies,
  caller: Caller,
  scene: Scene,
): Promise<PackingPreview> {
  const reports = await reportsOf(dependencies, dependencies.db, scene, occurrencesOfOrder(scene.due))
  const locations = locationsByScope(scene)
  const routes = new Map<string, PreviewedRoute | null>()
  const occurrences = []
  for (const report of reports) {
    const locationId = locations.get(report.occurrence.key) ?? caller.locationId
    // An instruction may occur for thousands of packages, and its file goes to one printer of a place for all of them.
    const key = `${report.instruction.instructionId} ${locationId}`
    const known = routes.get(key)
    const route =
      known === undefined ? await routeOf(dependencies, caller, report.instruction, locationId) : known
    routes.set(key, route)
    occurrences.push({ ...report, route })
  }
  return { order: scene.order, packages: scene.packages, occurrences }
}

/** Where the first package of each scope is packed; an order without packages has no place yet. */
function locationsByScope({ order, packages }: Scene): ReadonlyMap<string, string> {
  const locations = new Map<string, string>()
  for (const { packageId, shipmentId, locationId } of packages) {
    for (const scope of [`order:${order.uniqueId}`, `shipment:${shipmentId}`, `package:${packageId}`]) {
      if (!locations.has(scope)) locations.set(scope, locationId)
    }
  }
  return locations
}

async function routeOf(
  { db, printJobs }: PackingDependencies,
  caller: Caller,
  { document, fileName, isFileRemoved, printTarget }: Instruction,
  locationId: string | null,
): Promise<PreviewedRoute | null> {
  if (!document || locationId === null) return null
  if (isFileRemoved) return { printer: null, obstacles: [fileRemoved(fileName ?? 'Document').message] }
  const decision = await printJobs.route(db, {
    document,
    locationId,
    callerId: caller.id,
    printTarget,
    preferredStationId: null,
    stationId: null,
    printerName: null,
    options: {},
  })
  return {
    printer: decision.chosen,
    obstacles: decision.candidates
      .filter(({ isEligible }) => !isEligible)
      .map(({ printer, reasons }) => `${printer.name}: ${reasons.join('; ')}`),
  }
}
