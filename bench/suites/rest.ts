/** As the suite rpc, for print jobs over REST: beside a bare Express and pg handler that runs the very same SQL. */
import { pino } from 'pino'
import { readConfig } from '../../lib/config.ts'
import { startPackhouse } from '../../lib/packhouse.ts'
import {
  type BenchCredentials,
  type BenchDatabase,
  readBenchCredentials,
  type RunningChild,
  startBareServer,
  startBenchDatabase,
  startPackhouseProcess,
} from '../bench-server.ts'
import type { Race, Suite } from '../harness.ts'
import { callsPerSecond, closeLoad, type Target } from '../http-load.ts'
import { noisyPdfs } from '../packing-work.ts'
import { type RecordedCall, recordCall } from '../recorded-call.ts'

/** As shipped, but out of reach: each request is counted, none refused. */
const LIMITS = { REST_RATE_LIMIT: '100000', REST_RATE_BURST: '100000' }

export const rest: Suite = {
  name: 'rest',
  title: 'requests beside a bare Express and pg handler that runs the same SQL, eight at a time',
  unit: 'requests/s',
  better: 'higher',
  async open() {
    const database = await startBenchDatabase()
    const measured = await prepare(database)
    const routes = Object.fromEntries(measured.map(({ path, recorded }) => [path, recorded]))
    const bare = { connection: database.connection, routes }
    const plain = await startBareServer({ ...bare, isPrepared: false })
    const prepared = await startBareServer({ ...bare, isPrepared: true })
    const packhouse = await startPackhouseProcess({ ...database.env, ...LIMITS })
    const key = keyOf(await readBenchCredentials(database.dataDir))
    return {
      races: measured.map((one) => raceOf(one, { plain, prepared, packhouse, key })),
      close: () => Promise.resolve(closeLoad()),
    }
  },
}

interface Work {
  readonly title: string
  readonly method: 'GET' | 'POST'
  /** Of the bare handler. */
  readonly path: string
  /** Null without a body. */
  next(): object | null
}

interface Measured extends Work {
  readonly recorded: RecordedCall
}

const JOBS = '/v1/cloud-printing/jobs'
const LISTED = 20
const PDF_BYTES = 50_000

/** In this process, so that the statements can be heard. */
async function prepare(database: BenchDatabase): Promise<readonly Measured[]> {
  const packhouse = await startPackhouse({ config: readConfig(database.env), log: pino({ level: 'silent' }) })
  try {
    const credentials = await readBenchCredentials(database.dataDir)
    const measured: Measured[] = []
    for (const work of await makeWork(credentials)) {
      const call = (body: object | null) => ask(packhouse.baseUrl, { ...work, body, key: keyOf(credentials) })
      if (work.method === 'GET') await fill(packhouse.baseUrl, credentials)
      const scalars = (body: object | null): readonly unknown[] => Object.values(body ?? {})
      measured.push({ ...work, recorded: await recordCall(call, work.next, scalars) })
    }
    return measured
  } finally {
    await packhouse.stop()
  }
}

/** All for the demo workspace's printer of a station client: nobody takes them, so nothing prints beside the requests. */
async function makeWork(credentials: BenchCredentials): Promise<readonly Work[]> {
  const create = { method: 'POST' } as const
  const fresh = await noisyPdfs(PDF_BYTES)
  const known = jobOf(credentials, fresh())
  return [
    { title: `GET ${JOBS}, ${LISTED} jobs`, method: 'GET', path: '/list', next: () => null },
    { title: `POST ${JOBS}, a known PDF of 50 kB`, ...create, path: '/known', next: () => known },
    {
      title: `POST ${JOBS}, a new PDF of 50 kB`,
      ...create,
      path: '/new',
      next: () => jobOf(credentials, fresh()),
    },
  ]
}

function jobOf({ location_id, station_id }: BenchCredentials, digits: string): object {
  const data = `data:application/pdf;base64,${digits}`
  return { location_id, print_station_id: station_id, printer_name: 'Front desk', name: 'Label', data }
}

async function fill(baseUrl: string, credentials: BenchCredentials): Promise<void> {
  const job = { method: 'POST', body: jobOf(credentials, (await noisyPdfs(PDF_BYTES))()) } as const
  for (let count = 0; count < LISTED; count += 1) await ask(baseUrl, { ...job, key: keyOf(credentials) })
}

interface Asking {
  readonly method: 'GET' | 'POST'
  readonly body: object | null
  readonly key: Readonly<Record<string, string>>
}

async function ask(baseUrl: string, { method, body, key }: Asking): Promise<unknown> {
  const headers = { 'content-type': 'application/json', ...key }
  const reply = await fetch(baseUrl + JOBS, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  if (!reply.ok) throw new Error(`${method} ${JOBS}: ${(await reply.text()).slice(0, 500)}`)
  return reply.json()
}

function keyOf({ admin }: BenchCredentials): Readonly<Record<string, string>> {
  return { 'px-api-key': admin.api_key }
}

interface Servers {
  readonly plain: RunningChild
  readonly prepared: RunningChild
  readonly packhouse: RunningChild
  readonly key: Readonly<Record<string, string>>
}

function raceOf({ title, method, path, next }: Measured, { plain, prepared, packhouse, key }: Servers): Race {
  const body = () => {
    const value = next()
    return value === null ? '' : JSON.stringify(value)
  }
  const sampling = (target: Omit<Target, 'next' | 'method'>) => (ms: number) =>
    callsPerSecond({ ...target, method, next: body }, ms)
  return {
    title,
    contestants: [
      { name: 'Express, pg', sample: sampling({ url: plain.baseUrl + path }) },
      { name: 'the same, prepared', sample: sampling({ url: prepared.baseUrl + path }) },
      {
        name: 'Packhouse, limits counted',
        sample: sampling({ url: packhouse.baseUrl + JOBS, headers: key }),
      },
    ],
    baselines: 2,
  }
}
