/** `npm run test:load`: docs/performance.md, "Under load". Ends with 1 where something that must hold doesn't. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readBenchCredentials, startBenchDatabase, startPackhouseProcess } from '../../bench/bench-server.ts'
import { GIVEN_UP } from './callers.ts'
import { readEvents } from './event-reader.ts'
import { HttpClient } from './http-client.ts'
import { type LoadOptions, readLoadOptions } from './load-options.ts'
import { startOrderLoad } from './order-load.ts'
import { pack } from './packers.ts'
import { Paper } from './paper.ts'
import { printReport } from './report.ts'
import { runRestLoad } from './rest-load.ts'
import { LoadStationClient } from './station-client.ts'
import { runStorm } from './storm.ts'
import { Timings } from './timings.ts'
import {
  allJobsEnd,
  collectVirtual,
  type Finding,
  finding,
  judgeEvents,
  judgeInstructions,
  judgeMemory,
  judgePaper,
} from './verdict.ts'
import { startWatch, type Watch } from './watch.ts'
import { buildWorkspace, type Workspace } from './workspace.ts'

/** Beside the instructions. */
const REST_SHARE = 0.1
/** Setting up, the storm, looking at every order: whatever takes longer hangs. */
const BESIDE_MS = 1_500_000
/** After the load: what memory is given back. */
const REST_MS = 15_000
const SECOND_MS = 1_000

const options = readLoadOptions(process.env)
setTimeout(
  () => {
    console.error('the load test did not end in time')
    process.exit(1)
  },
  options.seconds * SECOND_MS + BESIDE_MS,
).unref()
/** Rejects when the test is broken off, so that what it started is stopped. */
const broken = new Promise<never>((_resolve, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(new Error(signal)))
})
run(options).then(
  (isKept) => process.exit(isKept ? 0 : 1),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)

async function run(load: LoadOptions): Promise<boolean> {
  const database = await startBenchDatabase()
  const { RPC_RATE_LIMIT, RPC_CONCURRENCY, REST_RATE_LIMIT, ...env } = database.env
  try {
    const server = await startPackhouseProcess(
      { ...env, ...(load.databaseUrl !== null && { DATABASE_URL: load.databaseUrl }) },
      load.profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${load.profileDir}`],
    )
    try {
      return await Promise.race([
        broken,
        runAgainst({ load, baseUrl: server.baseUrl, pid: server.pid, dataDir: database.dataDir }),
      ])
    } finally {
      await server.stop()
    }
  } finally {
    await database.stop()
  }
}

interface Running {
  readonly load: LoadOptions
  readonly baseUrl: string
  readonly pid: number
  readonly dataDir: string
}

async function runAgainst({ load, baseUrl, pid, dataDir }: Running): Promise<boolean> {
  const timings = new Timings()
  const paper = new Paper()
  const jobIds = new Set<string>()
  const onJob = (jobId: string) => void jobIds.add(jobId)
  const onPaper = (mark: number, at: number, where: string) => {
    const ms = paper.come(mark, at, where)
    if (ms !== null) timings.record(`from the click to paper, ${watch.phase}`, ms)
  }
  const http = new HttpClient(baseUrl)
  const watch = startWatch(http, pid, timings)
  tell('setting up')
  const credentials = await readBenchCredentials(dataDir)
  const workspace = await buildWorkspace({ baseUrl, credentials, options: load, timings, onPaper })
  const events = readEvents(new HttpClient(baseUrl), workspace.eventKey)
  timings.reset()
  const floor = { load, baseUrl, workspace, timings, paper, watch, onJob, onPaper }
  const { orders, figures } = await runLoad(floor)
  const findings: Finding[] = []
  watch.phase = 'storm'
  tell(`storm of ${load.stormClients} station clients`)
  const storm = await runStorm({
    ...floor,
    clients: workspace.stormClients,
    rounds: load.stormRounds,
    shops: workspace.shops,
    locationId: workspace.stormLocationId,
  })
  watch.phase = 'after'
  tell('waiting for every job to end')
  findings.push(await allJobsEnd(workspace.supervisor))
  await delay(REST_MS)
  await watch.stop()
  tell('looking at every order, job and sheet')
  await collectVirtual(join(dataDir, 'virtual-printers'), workspace.virtualPrinters, paper)
  const instructions = orders.reduce((sum, { notes }) => sum + notes.length, 0)
  findings.push(
    await judgeInstructions(orders, workspace.connectors),
    ...(await judgePaper({ paper, supervisor: workspace.supervisor, jobIds, doubtMax: storm.caughtMidway })),
    await judgeEvents(events, { jobIds, instructions }),
    judgeMemory(watch.memory),
    finding(
      'every station client comes back',
      `${load.stormClients} clients`,
      storm.absent > 0 ? [`${storm.absent} absent`] : [],
    ),
    finding(
      'no call is given up',
      'however long it took',
      timings.troublesMatching(new RegExp(GIVEN_UP)) > 0 ? ['see above'] : [],
    ),
    finding(
      'no answer is a defect',
      'HTTP 500',
      timings.troublesMatching(/HTTP 500/) > 0 ? ['see above'] : [],
    ),
  )
  await events.stop()
  await workspace.sinks.close()
  printReport({ timings, watch, figures, findings })
  return findings.every(({ isKept }) => isKept)
}

interface Floor {
  readonly load: LoadOptions
  readonly baseUrl: string
  readonly workspace: Workspace
  readonly timings: Timings
  readonly paper: Paper
  readonly watch: Watch
  onJob(jobId: string): void
  onPaper(mark: number, at: number, where: string): void
}

async function runLoad(floor: Floor) {
  const { load, baseUrl, workspace, timings, paper, watch } = floor
  const clients = workspace.stationClients.map((key) => new LoadStationClient({ ...floor, baseUrl, ...key }))
  await Promise.all(clients.map((client) => client.start()))
  watch.phase = 'load'
  tell(`${load.ratePerSecond} instructions a second for ${load.seconds} s at ${load.stations} stations`)
  const startedAt = performance.now()
  const { seconds, ratePerSecond } = load
  const over = new AbortController()
  const orders = startOrderLoad({ connectors: workspace.connectors, paper, timings, seconds, ratePerSecond })
  const rest = runRestLoad({ ...floor, ...workspace, seconds, ratePerSecond: ratePerSecond * REST_SHARE })
  const packing = { ...floor, orders, pauseMs: load.packerPauseMs, signal: over.signal }
  const packers = workspace.packers.map((packer) => pack(packer, packing))
  await Promise.all([orders.ended, rest])
  const madeMs = performance.now() - startedAt
  over.abort()
  await Promise.all(packers)
  const stillOpen = await allJobsEnd(workspace.supervisor)
  await Promise.all(clients.map((client) => client.stop()))
  const made = orders.orders.reduce((sum, { notes }) => sum + notes.length, 0)
  const figures = {
    'instructions made': `${made}, ${((made / madeMs) * SECOND_MS).toFixed(1)} a second; ${orders.unsent} were never sent`,
    'papers asked for': `${paper.askedFor}, jobs ${stillOpen.detail} when the load was over`,
  }
  return { orders: orders.orders, figures }
}

function tell(what: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)} ${what}`)
}
