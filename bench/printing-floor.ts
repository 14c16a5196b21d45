/** Packhouse with printers at sinks, cupsd with queues to the same sinks. */
import {
  type BenchDatabase,
  readBenchCredentials,
  type RunningChild,
  startBenchDatabase,
  startPackhouseProcess,
} from './bench-server.ts'
import { type Cups, requireCups, startCups } from './cups.ts'
import { type PrintSink, startPrintSink } from './print-sink.ts'
import { restCaller } from './rest-caller.ts'
import { logIn, type RpcCaller } from './rpc-caller.ts'

export interface BenchPrinter {
  readonly name: string
  readonly language: 'raw' | 'pdf' | 'zpl'
  readonly pool: 'LABEL' | 'LASER' | null
}

export interface PrintingFloor {
  readonly shop: RpcCaller
  readonly packer: RpcCaller
  readonly sinks: readonly PrintSink[]
  readonly stationId: string
  readonly printerIds: readonly string[]
  readonly locationId: string
  readonly cups: Cups
  rest(path: string, body: unknown): Promise<{ readonly id: string }>
  close(): Promise<void>
}

/** One sink for each printer, and a queue of cupsd named `queue<n>` to it. Throws PeerMissingError without cupsd. */
export async function openPrintingFloor(printers: readonly BenchPrinter[]): Promise<PrintingFloor> {
  await requireCups()
  const database = await startBenchDatabase()
  const packhouse = await startPackhouseProcess(database.env)
  const sinks = await Promise.all(printers.map(() => startPrintSink()))
  const cups = await startCups(Object.fromEntries(sinks.map(({ port }, index) => [`queue${index}`, port])))
  return { ...(await setUp({ database, packhouse, sinks, printers })), sinks, cups, close }

  async function close(): Promise<void> {
    await cups.stop()
    await packhouse.stop()
    await database.stop()
    await Promise.all(sinks.map((sink) => sink.close()))
  }
}

interface Parts {
  readonly database: BenchDatabase
  readonly packhouse: RunningChild
  readonly sinks: readonly PrintSink[]
  readonly printers: readonly BenchPrinter[]
}

async function setUp({ database, packhouse, sinks, printers }: Parts) {
  const { rpc, packer, admin, location_id } = await readBenchCredentials(database.dataDir)
  const call = restCaller(packhouse.baseUrl, admin.api_key)
  const rest = <Answer = { readonly id: string }>(path: string, body: unknown) =>
    call<Answer>('POST', path, body)
  const station = await rest<{ readonly id: string; readonly printers: readonly { readonly id: string }[] }>(
    '/v1/cloud-printing/stations',
    {
      location_id,
      name: 'Bench',
      printers: printers.map(({ name, language, pool }, index) => ({
        name,
        pool,
        connection: { type: 'socket', host: '127.0.0.1', port: sinks[index]?.port, language },
      })),
    },
  )
  return {
    rest,
    locationId: location_id,
    stationId: station.id,
    printerIds: station.printers.map(({ id }) => id),
    shop: await logIn(packhouse.baseUrl, rpc),
    packer: await logIn(packhouse.baseUrl, packer),
  }
}
