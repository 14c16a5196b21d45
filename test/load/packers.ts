/** Packers who open the packages of complete orders, confirm what is due at a person's pace, and finish them. */
import { setTimeout as delay } from 'node:timers/promises'
import { CallFailed } from './callers.ts'
import type { OrderLoad } from './order-load.ts'
import type { Paper } from './paper.ts'
import type { Timings } from './timings.ts'
import type { Packer } from './workspace.ts'

export interface Packing {
  readonly orders: OrderLoad
  readonly paper: Paper
  readonly timings: Timings
  readonly pauseMs: number
  readonly signal: AbortSignal
  /** Of every confirmation with a file. */
  onJob(jobId: string): void
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

/** Packs until the signal aborts; what was begun is finished. */
export async function pack(packer: Packer, packing: Packing): Promise<void> {
  while (!packing.signal.aborted) {
    const order = packing.orders.take()
    if (!order) {
      await delay(IDLE_MS)
      continue
    }
    try {
      for (const packageId of order.packageIds) await packOne(packer, packing, packageId)
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error
    }
  }
}

async function packOne({ user, stationId }: Packer, packing: Packing, packageId: string): Promise<void> {
  const { occurrences } = await user.call('packing.open', [packageId, { station_id: stationId }])
  for (const occurrence of occurrences as readonly Occurrence[]) {
    if (occurrence.state !== 'due') continue
    await delay(packing.pauseMs * (0.5 + Math.random()))
    await confirm({ user, stationId }, packing, { packageId, occurrence })
  }
  await user.call('packing.finish', [packageId])
}

/** Asked again after a lost answer it answers the same: the paper is asked for once. */
async function confirm(
  { user, stationId }: Packer,
  { paper, onJob }: Packing,
  { packageId, occurrence }: { readonly packageId: string; readonly occurrence: Occurrence },
): Promise<void> {
  const { instruction_id: id, revision, file_name: fileName } = occurrence
  const hex = /^LM([0-9a-f]{6})E/.exec(fileName ?? '')?.[1]
  if (hex !== undefined) paper.ask(Number.parseInt(hex, 16), performance.now())
  const confirmed = await user.call<Occurrence>('packing.confirm', [
    id,
    packageId,
    { station_id: stationId, revision },
  ])
  if (confirmed.print_job) onJob(confirmed.print_job.id)
}
