/**
 * Packhouse's calls beside a bare Express, jayson and pg handler that runs the very same SQL (recorded from Packhouse,
 * with the values that vary put in anew) and answers what Packhouse answered. Beside the one that also has its statements planned
 * once, the ratio is the price of everything that isn't SQL: authentication, validation, rules, limits, log, metrics.
 */
import { pino } from 'pino'
import { readConfig } from '../../lib/config.ts'
import { startPackhouse } from '../../lib/packhouse.ts'
import {
  type BenchDatabase,
  readBenchCredentials,
  type RunningChild,
  startBareServer,
  startBenchDatabase,
  startPackhouseProcess,
} from '../bench-server.ts'
import type { Contestant, Race, Suite } from '../harness.ts'
import { callsPerSecond, closeLoad, type Target } from '../http-load.ts'
import { type RecordedCall, recordCall } from '../recorded-call.ts'
import { restCaller } from '../rest-caller.ts'
import { logIn, type RpcCaller } from '../rpc-caller.ts'
import { type Arguments, LIST, makeWork, type RpcWork } from '../rpc-work.ts'

/** As shipped, but out of reach: each call is counted, none refused. */
const LIMITS = { RPC_RATE_LIMIT: '100000', RPC_RATE_BURST: '100000', RPC_CONCURRENCY: '1000' }

export const rpc: Suite = {
  name: 'rpc',
  title: 'calls beside a bare Express, jayson and pg handler that runs the same SQL, eight at a time',
  unit: 'calls/s',
  better: 'higher',
  async open() {
    const database = await startBenchDatabase()
    const measured = await prepare(database)
    const bare = { connection: database.connection, methods: methodsOf(measured) }
    const servers = {
      plain: await startBareServer({ ...bare, isPrepared: false }),
      prepared: await startBareServer({ ...bare, isPrepared: true }),
      packhouse: await startPackhouseProcess({ ...database.env, ...LIMITS }),
      unlimited: await startPackhouseProcess(database.env),
    }
    const callers = await callersAt(servers.packhouse.baseUrl, database)
    return {
      races: [
        ...measured.map((one) => raceOf(one, servers, callers)),
        limitsRace(measured, servers, callers),
      ],
      close: () => Promise.resolve(closeLoad()),
    }
  },
}

interface Measured {
  readonly work: RpcWork
  readonly recorded: RecordedCall
  /** Of each contestant. */
  readonly next: Readonly<Record<'plain' | 'prepared' | 'packhouse', () => Arguments>>
}

type Callers = Readonly<Record<RpcWork['role'], RpcCaller>>
type Servers = Readonly<Record<'plain' | 'prepared' | 'packhouse' | 'unlimited', RunningChild>>

async function callersAt(baseUrl: string, { dataDir }: BenchDatabase): Promise<Callers> {
  const credentials = await readBenchCredentials(dataDir)
  return { shop: await logIn(baseUrl, credentials.rpc), packer: await logIn(baseUrl, credentials.packer) }
}

/** In this process, so that the statements can be heard. */
async function prepare(database: BenchDatabase): Promise<readonly Measured[]> {
  const packhouse = await startPackhouse({ config: readConfig(database.env), log: pino({ level: 'silent' }) })
  try {
    const callers = await callersAt(packhouse.baseUrl, database)
    const { admin, location_id } = await readBenchCredentials(database.dataDir)
    const rest = restCaller(packhouse.baseUrl, admin.api_key)
    const measured: Measured[] = []
    for (const work of await makeWork(callers.shop, { rest, locationId: location_id })) {
      const orders = `bench-${measured.length}`
      const next = {
        plain: await work.prepare(`${orders}-a`),
        prepared: await work.prepare(`${orders}-b`),
        packhouse: await work.prepare(`${orders}-c`),
      }
      const call = (args: Arguments) => callers[work.role].call(work.path, args)
      measured.push({ work, next, recorded: await recordCall(call, next.packhouse, scalars) })
    }
    return measured
  } finally {
    await packhouse.stop()
  }
}

/** The bare handler's arguments are the scalars of the call, in order. */
function scalars(args: Arguments): Arguments {
  return args.filter((value) => typeof value !== 'object')
}

function methodsOf(measured: readonly Measured[]): Readonly<Record<string, RecordedCall>> {
  return Object.fromEntries(measured.map(({ work, recorded }) => [nameOf(work), recorded]))
}

function nameOf({ title }: RpcWork): string {
  return title.replaceAll(/\W+/g, '_')
}

function raceOf(measured: Measured, servers: Servers, callers: Callers): Race {
  const { work, next } = measured
  const bare = (which: 'plain' | 'prepared') => {
    const body = () => {
      const args = next[which]()
      // The same bytes travel: the file goes along, though nobody reads it.
      const objects = args.filter((value) => typeof value === 'object')
      return bodyOf(nameOf(work), [...scalars(args), ...objects])
    }
    return sampleOf({ url: servers[which].baseUrl, next: body })
  }
  return {
    title: work.title,
    contestants: [
      { name: 'Express, jayson, pg', sample: bare('plain') },
      { name: 'the same, prepared', sample: bare('prepared') },
      {
        name: 'Packhouse, limits counted',
        sample: sampleOf(packhouseCall(measured, servers.packhouse, callers)),
      },
    ],
    baselines: 2,
  }
}

/** What counting requests costs: contracts/rpc.md, section 7. */
function limitsRace(measured: readonly Measured[], servers: Servers, callers: Callers): Race {
  const list = measured.find(({ work }) => work.path === LIST) as Measured
  const at = (server: RunningChild) => sampleOf(packhouseCall(list, server, callers))
  return {
    title: `${LIST}, with and without limits`,
    contestants: [
      { name: 'limits switched off', sample: at(servers.unlimited) },
      { name: 'limits counted', sample: at(servers.packhouse) },
    ],
  }
}

function packhouseCall({ work, next }: Measured, { baseUrl }: RunningChild, callers: Callers): Target {
  const { session } = callers[work.role]
  return {
    url: `${baseUrl}/api/jsonrpc`,
    next: () => bodyOf('call', [session, work.path, next.packhouse()]),
  }
}

function bodyOf(method: string, params: Arguments): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
}

function sampleOf(target: Target): Contestant['sample'] {
  return (ms) => callsPerSecond(target, ms)
}
