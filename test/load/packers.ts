/** Packers who open the packages of complete orders, confirm what is due at a person's pace, and finish them. */
import { setTimeout as delay } from 'node:timers/promises'
import { CallFailed } from './callers.ts'
import type { Clicks } from './clicks.ts'
import type { OrderLoad, PackableOrder } from './order-load.ts'
import type { Paper } from './paper.ts'
import type { Packer } from './workspace.ts'

export interface Packing {
  readonly orders: OrderLoad
  readonly paper: Paper
  readonly clicks: Clicks
  readonly pauseMs: number
  readonly signal: AbortSignal
}

interface Occurrence {
  readonly instruction_id: number
  readonly state: string
  readonly file_name: string | null
  readonly revision: number
  readonly print_job: { readonly id: string } | null
}

/** When nothing is ready to be packed. */
const IDLE_MS = 500

/** Packs until the signal aborts, and then one order more where one is left: what was begun is finished. */
export async function pack(packer: Packer, packing: Packing): Promise<void> {
  for (let isOver = false; !isOver; ) {
    isOver = packing.signal.aborted
    const order = packing.orders.take()
    if (!order) {
      if (isOver) return
      await delay(IDLE_MS)
      continue
    }
    try {
      for (const packageId of order.packageIds) await packOne(packer, packing, { order, packageId })
      packing.clicks.completed.set(order.orderId, order.shipmentId)
    } catch (error) {
      // A refusal breaks the run by itself: `Timings` has it.
      if (!(error instanceof CallFailed)) throw error
    }
  }
}

interface Place {
  readonly order: PackableOrder
  readonly packageId: string
}

/** Of packing.finish when the answer to an earlier call was lost. */
const PACKED_ALREADY = 106

async function packOne(packer: Packer, packing: Packing, place: Place): Promise<void> {
  const { user, stationId } = packer
  const { order, packageId } = place
  const { occurrences } = await user.call('packing.open', [packageId, { station_id: stationId }])
  for (const occurrence of occurrences as readonly Occurrence[]) {
    if (occurrence.state !== 'due') continue
    await delay(packing.pauseMs * (0.5 + Math.random()))
    await confirm(packer, packing, { ...place, occurrence })
  }
  await user.call('packing.finish', [packageId], { faultOfDone: PACKED_ALREADY })
  packing.clicks.packed.set(packageId, { orderId: order.orderId, shipmentId: order.shipmentId, packageId })
}

/** Asked again after a lost answer it answers the same: the paper is asked for once. */
async function confirm(
  { user, stationId }: Packer,
  { paper, clicks }: Packing,
  { order, packageId, occurrence }: Place & { readonly occurrence: Occurrence },
): Promise<void> {
  const { instruction_id: id, revision, file_name: fileName } = occurrence
  const hex = /^LM([0-9a-f]{6})E/.exec(fileName ?? '')?.[1]
  if (hex !== undefined) paper.ask(Number.parseInt(hex, 16), performance.now())
  const confirmed = await user.call<Occurrence>('packing.confirm', [
    id,
    packageId,
    { station_id: stationId, revision },
  ])
  const jobId = confirmed.print_job?.id ?? null
  clicks.confirm({ orderId: order.orderId, instructionId: id, packageId, jobId })
}
