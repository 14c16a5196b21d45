/**
 * What a server holds in memory before, during and after work: calls, documents, labels that are drawn and sent. Each round is
 * the life of one process; the figures of one life are compared with each other.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { makeLabelPdf } from '../../test/helpers/documents.ts'
import {
  type BenchDatabase,
  readBenchCredentials,
  startBenchDatabase,
  startPackhouseProcess,
} from '../bench-server.ts'
import type { Contestant, Race, Suite } from '../harness.ts'
import { confirming, noisyPdf } from '../packing-work.ts'
import { type PrintSink, startPrintSink } from '../print-sink.ts'
import { familyMib, residentMib } from '../resident-size.ts'
import { restCaller } from '../rest-caller.ts'
import { logIn } from '../rpc-caller.ts'

const SETTLE_MS = 5_000
/** Time for the collector, and for worker threads that nobody needs to end. */
const QUIET_MS = 20_000
const LOOK_MS = 200
const PRINTED_MAX_MS = 60_000
/** Times fifty packages to be confirmed in one life; the rest of the load goes on when they have run out. */
const ORDERS = 20

export const memory: Suite = {
  name: 'memory',
  title: 'resident size; under load: the highest of eight callers and a label printer at work',
  unit: 'MiB',
  better: 'lower',
  effort: { rounds: 2, ms: 15_000 },
  async open() {
    const database = await startBenchDatabase()
    const sink = await startPrintSink()
    const floor = { database, sink, postmaster: await postmasterOf(database) }
    // A contestant's n-th sample is of the n-th life.
    const lives: Promise<Life>[] = []
    const lifeOf = (number: number, ms: number) => (lives[number] ??= live(floor, { number, ms }))
    return {
      races: [
        raceOf('the server, with its worker threads', lifeOf, 'server'),
        raceOf('PostgreSQL, all of its processes', lifeOf, 'database'),
      ],
      async close() {
        await database.stop()
        await sink.close()
      },
    }
  },
}

type Process = 'server' | 'database'
type Figures = Readonly<Record<Process, number>>
interface Life {
  readonly idle: Figures
  readonly working: Figures
  readonly after: Figures
  readonly again: Figures
}

const PHASES = {
  idle: 'idle',
  working: 'under load',
  after: `${QUIET_MS / 1000} s after`,
  again: 'under the same load again',
} as const

function raceOf(
  title: string,
  lifeOf: (number: number, ms: number) => Promise<Life>,
  process: Process,
): Race {
  const phases = Object.keys(PHASES) as (keyof typeof PHASES)[]
  const contestants = phases.map((phase): Contestant => {
    let number = 0
    return {
      name: PHASES[phase],
      sample: async (ms) => (await lifeOf(number++, ms))[phase][process],
    }
  })
  return { title, contestants }
}

interface MemoryFloor {
  readonly database: BenchDatabase
  readonly sink: PrintSink
  readonly postmaster: number
}

async function live(floor: MemoryFloor, life: { number: number; ms: number }): Promise<Life> {
  const server = await startPackhouseProcess(floor.database.env)
  const figures = async (): Promise<Figures> => ({
    server: await residentMib(server.pid),
    database: await familyMib(floor.postmaster),
  })
  try {
    await delay(SETTLE_MS)
    const idle = await figures()
    const work = await prepareWork(server.baseUrl, floor, `life-${life.number}`)
    const working = await highestWhile(work, figures, life.ms)
    await delay(QUIET_MS)
    const after = await figures()
    const again = await highestWhile(work, figures, life.ms)
    await whenPrinted(server.baseUrl, floor)
    return { idle, working, after, again }
  } finally {
    await server.stop()
  }
}

/** The next life begins with nothing to do. */
async function whenPrinted(baseUrl: string, { database }: MemoryFloor): Promise<void> {
  const { admin, location_id } = await readBenchCredentials(database.dataDir)
  const rest = restCaller(baseUrl, admin.api_key)
  for (let waitedMs = 0; waitedMs < PRINTED_MAX_MS; waitedMs += LOOK_MS) {
    const query = `location_id=${location_id}&status=queued&limit=1`
    const waiting = await rest<readonly unknown[]>('GET', `/v1/cloud-printing/jobs?${query}`)
    if (waiting.length === 0) return
    await delay(LOOK_MS)
  }
  throw new Error('labels still wait a minute after the load')
}

async function highestWhile(
  work: readonly (() => Promise<unknown>)[],
  figures: () => Promise<Figures>,
  ms: number,
): Promise<Figures> {
  const end = performance.now() + ms
  const working = work.map(async (call) => {
    while (performance.now() < end) await call()
  })
  const highest = { server: 0, database: 0 }
  while (performance.now() < end) {
    const now = await figures()
    highest.server = Math.max(highest.server, now.server)
    highest.database = Math.max(highest.database, now.database)
    await delay(LOOK_MS)
  }
  await Promise.all(working)
  return highest
}

/** Eight callers: four read, two store documents of 50 kB, two confirm and print. */
async function prepareWork(
  baseUrl: string,
  { database, sink }: MemoryFloor,
  name: string,
): Promise<readonly (() => Promise<unknown>)[]> {
  const { rpc, packer: packerKey, admin, location_id } = await readBenchCredentials(database.dataDir)
  const shop = await logIn(baseUrl, rpc)
  const packer = await logIn(baseUrl, packerKey)
  const station = await restCaller(baseUrl, admin.api_key)<{ readonly id: string }>(
    'POST',
    '/v1/cloud-printing/stations',
    {
      location_id,
      name,
      printers: [
        {
          name: 'Label',
          pool: 'LABEL',
          page_sizes: ['label_4x6'],
          connection: { type: 'socket', host: '127.0.0.1', port: sink.port, language: 'zpl' },
        },
      ],
    },
  )
  const label = (await makeLabelPdf()).toString('base64')
  const next = await confirming(shop, `${name}-confirm`, {
    file: { file_name: 'label.pdf', file_content: label, print_target: 'LABEL' },
    orders: ORDERS,
  })
  let left = ORDERS * 50
  const confirm = () =>
    left-- > 0
      ? packer.call('packing.confirm', [...next(), { station_id: station.id }])
      : packer.call('packing.stations', [])
  let made = 0
  const create = async () => {
    const file_content = (await noisyPdf(50_000)).toString('base64')
    // An order takes a hundred instructions.
    const order = `${name}-confirm-${Math.floor(made++ / 90) % ORDERS}`
    return shop.call('order_instruction.create', [order, 'Invoice', { file_name: 'a.pdf', file_content }])
  }
  const list = () => shop.call('order_instruction.list', [`${name}-confirm-0`])
  return [list, list, list, list, create, create, confirm, confirm]
}

async function postmasterOf({ dataDir }: BenchDatabase): Promise<number> {
  const lines = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'latin1')
  return Number(lines.split('\n')[0])
}
