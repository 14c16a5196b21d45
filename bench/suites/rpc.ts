/**
 * Packhouse's calls beside a bare Express, jayson and pg handler that runs the very same SQL (recorded from Packhouse,
 * with the values that vary put in anew) and answers what Packhouse answered. So the ratio is the price of everything
 * that isn't SQL: authentication, validation, rules, logging, metrics.
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
import { callsPerSecond, closeLoad } from '../http-load.ts'
import { confirming, creating, makeOrder, makePackages, noisyPdf, noisyPdfs } from '../packing-work.ts'
import { type RecordedCall, recordCall } from '../recorded-call.ts'
import { logIn, type RpcCaller } from '../rpc-caller.ts'

export const rpc: Suite = {
  name: 'rpc',
  title: 'calls beside a bare Express, jayson and pg handler that runs the same SQL, eight at a time',
  unit: 'calls/s',
  better: 'higher',
  async open() {
    const database = await startBenchDatabase()
    const measured = await prepare(database)
    const bare = await startBareServer({ connection: database.connection, methods: methodsOf(measured) })
    const packhouse = await startPackhouseProcess(database.env)
    const limiting = await startPackhouseProcess({ ...database.env, ...LIMITS })
    const callers = await callersAt(packhouse.baseUrl, database)
    return {
      races: [
        ...measured.map((one) => raceOf(one, { bare, packhouse, callers })),
        limitsRace({ packhouse, limiting, callers }),
      ],
      close: () => Promise.resolve(closeLoad()),
    }
  },
}

type Role = 'shop' | 'packer'

interface Measured {
  readonly title: string
  readonly path: string
  readonly role: Role
  readonly bare: RecordedCall
  /** Arguments for every call, each used once; one for each contestant. */
  readonly argumentsOf: readonly [() => readonly unknown[], () => readonly unknown[]]
}

type Callers = Readonly<Record<Role, RpcCaller>>

async function callersAt(baseUrl: string, { dataDir }: BenchDatabase): Promise<Callers> {
  const credentials = await readBenchCredentials(dataDir)
  return { shop: await logIn(baseUrl, credentials.rpc), packer: await logIn(baseUrl, credentials.packer) }
}

/** In this process, so that the statements can be heard. */
async function prepare(database: BenchDatabase): Promise<readonly Measured[]> {
  const packhouse = await startPackhouse({ config: readConfig(database.env), log: pino({ level: 'silent' }) })
  try {
    const callers = await callersAt(packhouse.baseUrl, database)
    const work = await makeWork(callers.shop)
    const measured: Measured[] = []
    for (const one of work) {
      const call = (args: readonly unknown[]) => callers[one.role].call(one.path, args)
      measured.push({ ...one, bare: await recordCall(call, one.argumentsOf[1], flat) })
    }
    return measured
  } finally {
    await packhouse.stop()
  }
}

/** The bare handler's arguments are the scalars of the call, in order. */
function flat(args: readonly unknown[]): readonly unknown[] {
  return args.filter((value) => typeof value !== 'object')
}

type Work = Omit<Measured, 'bare'>

async function makeWork(shop: RpcCaller): Promise<readonly Work[]> {
  const files = await noisyPdfs(50_000)
  const same = (await noisyPdf(50_000)).toString('base64')
  const attaching = (content: () => string) => () => ({
    file_name: 'label.pdf',
    file_content: content(),
    print_target: 'LASER',
  })
  await makeOrder(shop, 'bench-list')
  for (let count = 0; count < 10; count += 1) {
    await shop.call('order_instruction.create', [
      'bench-list',
      `Instruction ${count}`,
      { presentation: 'once_per_package' },
    ])
  }
  const packages = await makePackages(shop, 'bench-list', 5)
  const again = (args: readonly unknown[]) => [() => args, () => args] as const
  return [
    {
      title: 'order_instruction.list',
      path: 'order_instruction.list',
      role: 'shop',
      argumentsOf: again(['bench-list']),
    },
    { title: 'packing.open', path: 'packing.open', role: 'packer', argumentsOf: again([packages[0] ?? '']) },
    {
      title: 'order_instruction.create, note only',
      path: 'order_instruction.create',
      role: 'shop',
      argumentsOf: [await creating(shop, 'bench-n1'), await creating(shop, 'bench-n2')],
    },
    {
      title: 'order_instruction.create, with a new PDF of 50 kB',
      path: 'order_instruction.create',
      role: 'shop',
      argumentsOf: [
        await creating(shop, 'bench-f1', attaching(files)),
        await creating(shop, 'bench-f2', attaching(files)),
      ],
    },
    {
      title: 'order_instruction.create, with a known PDF of 50 kB',
      path: 'order_instruction.create',
      role: 'shop',
      argumentsOf: [
        await creating(
          shop,
          'bench-k1',
          attaching(() => same),
        ),
        await creating(
          shop,
          'bench-k2',
          attaching(() => same),
        ),
      ],
    },
    {
      title: 'packing.confirm',
      path: 'packing.confirm',
      role: 'packer',
      argumentsOf: [await confirming(shop, 'bench-c1'), await confirming(shop, 'bench-c2')],
    },
  ]
}

function methodsOf(measured: readonly Measured[]): Readonly<Record<string, RecordedCall>> {
  return Object.fromEntries(measured.map(({ title, bare }) => [nameOf(title), bare]))
}

function nameOf(title: string): string {
  return title.replaceAll(/\W+/g, '_')
}

/** Switched on, and out of reach. */
const LIMITS = { RPC_RATE_LIMIT: '100000', RPC_RATE_BURST: '100000', RPC_CONCURRENCY: '1000' }

/** What counting requests costs: contracts/rpc.md, section 7. */
function limitsRace({
  packhouse,
  limiting,
  callers,
}: Pick<Servers, 'packhouse' | 'callers'> & { readonly limiting: RunningChild }): Race {
  const params = [callers.shop.session, 'order_instruction.list', ['bench-list']]
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'call', params })
  const at = ({ baseUrl }: RunningChild) => ({ url: `${baseUrl}/api/jsonrpc`, next: () => body })
  return {
    title: 'order_instruction.list, with and without limits',
    contestants: [
      { name: 'limits switched off', sample: (ms) => callsPerSecond(at(packhouse), ms) },
      { name: 'limits counted', sample: (ms) => callsPerSecond(at(limiting), ms) },
    ],
  }
}

interface Servers {
  readonly bare: RunningChild
  readonly packhouse: RunningChild
  readonly callers: Callers
}

function raceOf({ title, path, role, argumentsOf }: Measured, { bare, packhouse, callers }: Servers): Race {
  const [ours, theirs] = argumentsOf
  const body = (method: string, params: unknown) => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const contestants: readonly Contestant[] = [
    {
      name: 'Express, jayson, pg',
      // The same bytes travel: the file goes along, though nobody reads it.
      sample: (ms) =>
        callsPerSecond(
          {
            url: bare.baseUrl,
            next() {
              const args = theirs()
              return body(nameOf(title), [
                ...flat(args),
                ...args.filter((value) => typeof value === 'object'),
              ])
            },
          },
          ms,
        ),
    },
    {
      name: 'Packhouse',
      sample: (ms) =>
        callsPerSecond(
          {
            url: `${packhouse.baseUrl}/api/jsonrpc`,
            next: () => body('call', [callers[role].session, path, ours()]),
          },
          ms,
        ),
    },
  ]
  return { title, contestants }
}
