import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import type { Package } from '../orders/order.ts'
import type { Station } from '../printers/printer.ts'
import type { Occurrence } from './occurrence.ts'
import type { PackingDependencies } from './packing-dependencies.ts'
import { instructionOf, type Scene } from './packing-scene.ts'
import type { PreviewedRoute } from './packing-view.ts'

export interface Confirming {
  readonly caller: Caller
  readonly scene: Scene
  readonly pack: Package
  readonly occurrence: Occurrence
  readonly station: Station | null
}

/** contracts/packing.md, "What a confirmation does, in one transaction". */
export async function confirmAndPrint(
  dependencies: PackingDependencies,
  trx: Db,
  confirming: Confirming,
): Promise<void> {
  const { confirmations, events } = dependencies
  const { caller, scene, pack, occurrence, station } = confirming
  const confirmation = await confirmations.confirm(trx, {
    instructionId: occurrence.instructionId,
    occurrence: occurrence.key,
    revision: occurrence.revision,
    packageId: pack.packageId,
    stationId: station?.stationId ?? null,
    userId: caller.id,
    confirmedBy: caller.name,
  })
  if (!confirmation) return
  const instruction = instructionOf(scene, occurrence)
  await events.record(trx, {
    type: 'order_instruction.confirmed',
    resource: { type: 'instruction', id: String(instruction.instructionId) },
    locationId: station?.location.locationId ?? pack.locationId,
    merchantId: scene.order.merchantId,
    data: { instruction, confirmation },
  })
  await printFile(dependencies, trx, confirming, confirmation.confirmedId)
}

async function printFile(
  { printJobs }: PackingDependencies,
  trx: Db,
  { caller, scene, pack, occurrence, station }: Confirming,
  confirmationId: string,
): Promise<void> {
  const { instructionId, document, fileName, printTarget } = instructionOf(scene, occurrence)
  if (!document) return
  const name = fileName ?? 'Document'
  await printJobs.submit(trx, {
    name,
    document,
    locationId: station?.location.locationId ?? pack.locationId,
    callerId: caller.id,
    callerName: caller.name,
    merchantId: scene.order.merchantId,
    printTarget,
    preferredStationId: station?.stationId ?? null,
    stationId: null,
    printerName: null,
    resource: { type: 'instruction', id: String(instructionId), document: name },
    options: {},
    instructionId,
    confirmationId,
  })
}

export async function previewRoute(
  { db, printJobs }: PackingDependencies,
  { caller, scene, occurrence }: { caller: Caller; scene: Scene; occurrence: Occurrence },
): Promise<PreviewedRoute | null> {
  const { document, printTarget } = instructionOf(scene, occurrence)
  const locationId = locationOf(scene, occurrence)
  if (!document || locationId === undefined) return null
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

/** Where the first package of its scope is packed; an order without packages has none. */
function locationOf({ packages }: Scene, { scope }: Occurrence): string | undefined {
  const member = packages.find(
    ({ packageId, shipmentId }) =>
      scope.kind === 'order' || scope.id === (scope.kind === 'shipment' ? shipmentId : packageId),
  )
  return member?.locationId
}
