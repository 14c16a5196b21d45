/** A day on the floor: orders come in and are packed, then the switch loses power, then it is quiet. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Clicks } from './clicks.ts'
import { type EventReader, readEvents } from './event-reader.ts'
import { HttpClient } from './http-client.ts'
import { allDeliveriesEnd } from './judge-events.ts'
import { allJobsEnd } from './jobs.ts'
import type { LoadOptions } from './load-options.ts'
import { startOrderLoad } from './order-load.ts'
import { pack } from './packers.ts'
import type { Paper } from './paper.ts'
import { runRestLoad } from './rest-load.ts'
import { LoadStationClient } from './station-client.ts'
import { runStorm, type StormResult } from './storm.ts'
import { tell } from './tell.ts'
import type { Timings } from './timings.ts'
import type { Watch } from './watch.ts'
import type { WebhookReceiver } from './webhook-receiver.ts'
import type { Workspace } from './workspace.ts'

export interface Floor {
  readonly load: LoadOptions
  readonly baseUrls: readonly string[]
  readonly dataDir: string
  readonly receiver: WebhookReceiver
  readonly workspace: Workspace
  readonly timings: Timings
  readonly paper: Paper
  readonly clicks: Clicks
  readonly watch: Watch
  onPaper(bytes: Buffer, at: number, where: string): void
}

export interface FloorResult {
  readonly events: EventReader
  readonly storm: StormResult
  readonly figures: Readonly<Record<string, string>>
  /** Jobs that didn't end in time. */
  readonly openJobs: number
}

/** Beside the instructions. */
const REST_SHARE = 0.1
/** After the load: what memory is given back. */
const REST_MS = 15_000
const SECOND_MS = 1_000

export async function runFloor(floor: Floor): Promise<FloorResult> {
  const { load, baseUrls, workspace, timings, watch } = floor
  const { supervisor, webhookId } = workspace
  const events = readEvents(new HttpClient(baseUrls), workspace.eventKey)
  await events.opened
  timings.reset()
  const figures = await runLoad(floor)
  tell('waiting for the webhook')
  const waitingSince = performance.now()
  await allDeliveriesEnd(supervisor, webhookId)
  timings.record('from the end of the load until every delivery is made', performance.now() - waitingSince)
  await watch.collect('before the storm')
  watch.phase = 'storm'
  tell(`storm of ${load.stormClients} station clients`)
  const storm = await runStorm({
    ...{ ...floor, ...workspace },
    clients: workspace.stormClients,
    rounds: load.stormRounds,
    locationId: workspace.stormLocationId,
  })
  watch.phase = 'after'
  tell('waiting for every job to end')
  const openJobs = await allJobsEnd(supervisor)
  await allDeliveriesEnd(supervisor, webhookId)
  await delay(REST_MS)
  await watch.collect('after the storm')
  await watch.stop()
  return { events, storm, figures, openJobs }
}

async function runLoad(floor: Floor): Promise<Readonly<Record<string, string>>> {
  const { load, workspace, paper, clicks, watch } = floor
  const clients = workspace.stationClients.map((key) => new LoadStationClient({ ...floor, ...key }))
  await Promise.all(clients.map((client) => client.start()))
  watch.phase = 'load'
  tell(
    `${load.ratePerSecond} instructions a second for ${load.seconds} s at ${load.stations} stations, ${load.processes} server(s)`,
  )
  const startedAt = performance.now()
  const { seconds, ratePerSecond } = load
  const over = new AbortController()
  const orders = startOrderLoad({ ...floor, ...workspace, seconds, ratePerSecond })
  const rest = runRestLoad({ ...floor, ...workspace, seconds, ratePerSecond: ratePerSecond * REST_SHARE })
  const packing = { paper, clicks, orders, pauseMs: load.packerPauseMs, signal: over.signal }
  const packers = workspace.packers.map((packer) => pack(packer, packing))
  await Promise.all([orders.ended, rest])
  const madeMs = performance.now() - startedAt
  over.abort()
  await Promise.all(packers)
  const open = await allJobsEnd(workspace.supervisor)
  await Promise.all(clients.map((client) => client.stop()))
  const made = clicks.instructions.size
  return {
    'instructions made': `${made}, ${((made / madeMs) * SECOND_MS).toFixed(1)} a second; ${orders.unsent} were never answered`,
    'confirmations, packages': `${clicks.confirmations.size}, ${clicks.packed.size}`,
    'papers asked for': `${paper.askedFor}, jobs ${open} open when the load was over`,
  }
}
