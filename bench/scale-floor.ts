/** A floor with a past, and with a queue: Packhouse on a database of its own, with everything that was printed before. */
import pg from 'pg'
import { makeLabelPdf } from '../test/helpers/documents.ts'
import {
  type BenchDatabase,
  readBenchCredentials,
  startBenchDatabase,
  startPackhouseProcess,
} from './bench-server.ts'
import { insertHistory, insertQueued } from './history.ts'
import { type PrintSink, startPrintSink } from './print-sink.ts'
import { type RestCaller, restCaller } from './rest-caller.ts'
import { logIn, type RpcCaller } from './rpc-caller.ts'

export interface ScaleFloor {
  readonly shop: RpcCaller
  readonly packer: RpcCaller
  readonly rest: RestCaller
  readonly locationId: string
  /** With a printer `Bench laser` of pool LASER at `sink`, and `Bench client`, whose jobs a client fetches. */
  readonly stationId: string
  readonly sink: PrintSink
  readonly backlog: Backlog
  close(): Promise<void>
}

/** A printer whose queue is what `Past.backlog` says. It is paused but while `print` runs. */
export interface Backlog {
  /** Puts so many further jobs into its queue. */
  add(jobs: number): Promise<void>
  /** Lets it print so many, and answers how long they took, in milliseconds. */
  print(jobs: number): Promise<number>
}

export interface Past {
  /** Jobs that are over, and all that belongs to them. */
  readonly finished: number
  /** Nine of ten at printers that are paused; the others wait for the client of a station. */
  readonly queued: number
  /** At one printer, whose paper they come to when it is let. */
  readonly backlog: number
}

const HELD_PRINTERS = 9
const BACKLOG_PRINTER = 'Bench backlog'
const JOBS = '/v1/cloud-printing/jobs'
const LOOKS_MAX = 1_000
/** A million jobs are made by a few statements of minutes each. */
const STATEMENT_MAX_MS = 1_800_000

export async function openScaleFloor(past: Past): Promise<ScaleFloor> {
  const database = await startBenchDatabase()
  const packhouse = await startPackhouseProcess(database.env)
  const sinks = { laser: await startPrintSink(), backlog: await startPrintSink() }
  const { admin, rpc, packer, location_id: locationId } = await readBenchCredentials(database.dataDir)
  const rest = restCaller(packhouse.baseUrl, admin.api_key)
  const station = await createStation(rest, locationId, sinks)
  const label = await makeLabelPdf()
  const templateJobId = await printOnce(rest, { stationId: station.id, locationId, label })
  const waiting = await pausePrinters(rest, station)
  const client = await connect(database)
  await insertHistory(client, { templateJobId, jobs: past.finished })
  await insertQueued(client, { templateJobId, printerIds: waiting, jobs: past.queued })
  const printerId = idOf(station, BACKLOG_PRINTER)
  const add = (jobs: number) => insertQueued(client, { templateJobId, printerIds: [printerId], jobs })
  await add(past.backlog)
  await client.query('vacuum analyze print_jobs')
  const stationId = station.id
  return {
    rest,
    sink: sinks.laser,
    locationId,
    stationId,
    shop: await logIn(packhouse.baseUrl, rpc),
    packer: await logIn(packhouse.baseUrl, packer),
    backlog: {
      add,
      print: (jobs) =>
        printBacklog(rest, { printerId, stationId, sink: sinks.backlog, bytes: jobs * label.length }),
    },
    close: () => client.end(),
  }
}

async function connect({ connection }: BenchDatabase): Promise<pg.Client> {
  const client = new pg.Client({ ...connection, statement_timeout: STATEMENT_MAX_MS })
  // Its server may be stopped first.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

async function printBacklog(
  rest: RestCaller,
  printer: { printerId: string; stationId: string; sink: PrintSink; bytes: number },
): Promise<number> {
  const { printerId, stationId, sink, bytes } = printer
  sink.reset()
  const whole = sink.bytesAt(bytes)
  const startedAt = performance.now()
  await rest('POST', `/v1/cloud-printing/printers/${printerId}/resume`, {})
  const endedAt = await whole
  await rest('POST', `/v1/cloud-printing/printers/${printerId}/pause`, {})
  // The next sample begins when what was on its way has come.
  const sending = `${JOBS}?status=processing&print_station_id=${stationId}&limit=1`
  for (let looks = 0; (await rest<readonly unknown[]>('GET', sending)).length > 0; looks += 1) {
    if (looks === LOOKS_MAX) throw new Error('a paused printer does not stop')
  }
  return endedAt - startedAt
}

interface BenchStation {
  readonly id: string
  readonly printers: readonly { readonly id: string; readonly name: string }[]
}

function createStation(
  rest: RestCaller,
  locationId: string,
  sinks: { readonly laser: PrintSink; readonly backlog: PrintSink },
): Promise<BenchStation> {
  const at = ({ port }: PrintSink) => ({ type: 'socket', host: '127.0.0.1', port, language: 'pdf' })
  const held = Array.from({ length: HELD_PRINTERS }, (_, index) => ({
    name: `Held ${index}`,
    pool: index % 2 === 0 ? 'LASER' : 'LABEL',
    connection: { type: 'virtual' },
  }))
  return rest('POST', '/v1/cloud-printing/stations', {
    location_id: locationId,
    name: 'Bench',
    printers: [
      { name: 'Bench laser', pool: 'LASER', connection: at(sinks.laser) },
      { name: BACKLOG_PRINTER, connection: at(sinks.backlog) },
      { name: 'Bench client', connection: { type: 'station' } },
      ...held,
    ],
  })
}

async function printOnce(
  rest: RestCaller,
  { stationId, locationId, label }: { stationId: string; locationId: string; label: Buffer },
): Promise<string> {
  const job = await rest<{ readonly id: string }>('POST', JOBS, {
    location_id: locationId,
    print_station_id: stationId,
    printer_name: 'Held 0',
    data: `data:application/pdf;base64,${label.toString('base64')}`,
  })
  return job.id
}

/** Answers those that jobs can wait at: the paused ones, and that of the client. */
async function pausePrinters(rest: RestCaller, station: BenchStation): Promise<readonly string[]> {
  const held = station.printers.filter(({ name }) => name.startsWith('Held'))
  for (const id of [...held.map(({ id }) => id), idOf(station, BACKLOG_PRINTER)])
    await rest('POST', `/v1/cloud-printing/printers/${id}/pause`, {})
  return [...held.map(({ id }) => id), idOf(station, 'Bench client')]
}

function idOf({ printers }: BenchStation, name: string): string {
  const printer = printers.find((one) => one.name === name)
  if (!printer) throw new Error(`there is no printer ${name}`)
  return printer.id
}
