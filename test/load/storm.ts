/** A switch that loses power: every station client goes at once and comes back at once, and jobs wait for some of them. */
import { setTimeout as delay } from 'node:timers/promises'
import type { RestUser } from './callers.ts'
import { inParallel } from './in-parallel.ts'
import type { Clicks } from './clicks.ts'
import { allJobsEnd } from './jobs.ts'
import type { Paper } from './paper.ts'
import { submitJob } from './rest-load.ts'
import { LoadStationClient } from './station-client.ts'
import type { Timings } from './timings.ts'
import type { StationKey } from './workspace.ts'

export interface StormOptions {
  readonly baseUrls: readonly string[]
  readonly clients: readonly StationKey[]
  readonly rounds: number
  readonly shops: readonly RestUser[]
  readonly locationId: string
  readonly supervisor: RestUser
  readonly paper: Paper
  readonly clicks: Clicks
  readonly timings: Timings
  onPaper(bytes: Buffer, at: number, where: string): void
}

export interface StormResult {
  /** Clients that had no stream again within the limit, of all rounds. */
  readonly absent: number
  readonly cutMidway: CutMidway
}

/** What was on its way to the clients when they were cut: what became of it may be in doubt. */
export interface CutMidway {
  /** Of the jobs that were made for the clients about then. */
  readonly marks: ReadonlySet<number>
  /** Whoever got one of them before this moment, by Date.now(), had lost its connection. */
  readonly backAt: number
}

/** One in five has a job waiting. */
const SHARE = 5
const SUBMIT_AT_ONCE = 8
const BACK_MS = 180_000
const PAPER_MS = 180_000
const POLL_MS = 100
/** For the servers to see that the connections are gone: what is queued then is given to nobody. */
const SEEN_MS = 2_000

export async function runStorm(options: StormOptions): Promise<StormResult> {
  const { clients: keys, timings, rounds } = options
  const before = options.paper.lastMark
  const clients = keys.map((key) => new LoadStationClient({ ...options, ...key }))
  let absent = await allBack(clients, 'storm, first connect', timings, (client) => client.start())
  for (let round = 1; round <= rounds; round += 1) {
    for (const client of clients) client.cut()
    await delay(SEEN_MS)
    await queueJobs(options, round)
    absent += await allBack(clients, 'storm, reconnect to ready', timings, (client) => client.reconnect())
    await paperComes(options, before)
  }
  // The last time they are cut while they fetch and report.
  const queueing = queueJobs(options, 0)
  await delay(POLL_MS)
  for (const client of clients) client.cut()
  const marks = new Set(await queueing)
  const backAt = Date.now()
  absent += await allBack(clients, 'storm, reconnect to ready', timings, (client) => client.reconnect())
  await allJobsEnd(options.supervisor)
  await Promise.all(clients.map((client) => client.stop()))
  return { absent, cutMidway: { marks, backAt } }
}

async function allBack(
  clients: readonly LoadStationClient[],
  name: string,
  timings: Timings,
  connect: (client: LoadStationClient) => Promise<void>,
): Promise<number> {
  const startedAt = performance.now()
  let back = 0
  const all = Promise.all(
    clients.map(async (client) => {
      await connect(client)
      back += 1
      timings.record(name, performance.now() - startedAt)
    }),
  )
  await Promise.race([all, delay(BACK_MS, undefined, { ref: false })])
  return clients.length - back
}

function queueJobs(options: StormOptions, round: number): Promise<number[]> {
  const chosen = options.clients.filter((_, index) => index % SHARE === round % SHARE)
  return inParallel(chosen, SUBMIT_AT_ONCE, ({ stationId }, index) =>
    submitJob(
      options.shops[index % options.shops.length] as RestUser,
      { stationId, printerName: 'Printer', takes: 'pdf' },
      options,
    ),
  )
}

/** What is still missing then is judged at the end. */
async function paperComes({ paper, timings }: StormOptions, before: number): Promise<void> {
  const startedAt = performance.now()
  while (paper.missing(before).length > 0 && performance.now() - startedAt < PAPER_MS) await delay(POLL_MS)
  timings.record('storm, until every paper is there', performance.now() - startedAt)
}
