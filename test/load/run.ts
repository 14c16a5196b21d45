/** `npm run test:load`: docs/performance.md, "Under load". Ends with 1 where something that must hold doesn't. */
import { readBenchCredentials } from '../../bench/bench-server.ts'
import { Clicks } from './clicks.ts'
import type { Finding } from './finding.ts'
import { type Floor, runFloor } from './floor.ts'
import { judge } from './judge.ts'
import { openLoadDatabase } from './load-database.ts'
import { type LoadOptions, readLoadOptions } from './load-options.ts'
import { Paper } from './paper.ts'
import { printReport } from './report.ts'
import { type LoadServers, startServers } from './servers.ts'
import { tell } from './tell.ts'
import { Timings } from './timings.ts'
import { runToTheEnd } from './run-to-the-end.ts'
import { startWatch } from './watch.ts'
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts'
import { buildWorkspace } from './workspace.ts'

/** Setting up, the storm, looking at every order: whatever takes longer hangs. */
const BESIDE_MS = 1_500_000
const SECOND_MS = 1_000
await runToTheEnd(() => {
  const options = readLoadOptions(process.env)
  return { limitMs: options.seconds * SECOND_MS + BESIDE_MS, isKept: run(options) }
})

async function run(load: LoadOptions): Promise<boolean> {
  const database = await openLoadDatabase(load.databaseUrl)
  const receiver = await startWebhookReceiver()
  const env = {
    PATH: process.env['PATH'] ?? '',
    PORT: '0',
    DATA_DIR: database.dataDir,
    DATABASE_URL: database.url,
    DEMO: 'true',
    PRINTER_PORTS: '1-65535',
    EGRESS_ALLOW: receiver.host,
  }
  const servers = await startServers({ env, count: load.processes, profileDir: load.profileDir })
  const findings = await Promise.race([
    servers.broken,
    runAgainst({ load, servers, receiver, dataDir: database.dataDir }),
  ])
  return findings.every(({ isKept }) => isKept !== false)
}

interface Running {
  readonly load: LoadOptions
  readonly servers: LoadServers
  readonly receiver: WebhookReceiver
  readonly dataDir: string
}

async function runAgainst({ load, servers, receiver, dataDir }: Running): Promise<readonly Finding[]> {
  const { baseUrls } = servers
  const timings = new Timings()
  const paper = new Paper()
  const watch = startWatch(servers.all, { timings, paper })
  const onPaper = (received: Buffer, at: number, where: string) => {
    for (const ms of paper.take(received, at, where))
      timings.record(`from the click to paper, ${watch.phase}`, ms)
  }
  tell('setting up')
  const credentials = await readBenchCredentials(dataDir)
  const workspace = await buildWorkspace({
    ...{ baseUrls, credentials, options: load, timings, receiver, onPaper },
  })
  const floor: Floor = {
    ...{ load, baseUrls, dataDir, receiver, workspace, timings, paper, watch, onPaper },
    clicks: new Clicks(),
  }
  const ran = await runFloor(floor)
  tell('looking at every order, job, sheet and event')
  const findings = await judge(floor, { ...ran, servers: servers.all })
  printReport({ timings, watch, figures: ran.figures, findings })
  return findings
}
