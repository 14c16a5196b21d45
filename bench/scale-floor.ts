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
  close(): Promise<void>
}

export interface Past {
  /** Jobs that are over, and all that belongs to them. */
  readonly finished: number
  /** Nine of ten at printers that are paused; the others wait for the client of a station. */
  readonly queued: number
}

const HELD_PRINTERS = 9

export async function openScaleFloor(past: Past): Promise<ScaleFloor> {
  const database = await startBenchDatabase()
  const packhouse = await startPackhouseProcess(database.env)
  const sink = await startPrintSink()
  const credentials = await readBenchCredentials(database.dataDir)
  const rest = restCaller(packhouse.baseUrl, credentials.admin.api_key)
  const station = await createStation(rest, credentials.location_id, sink.port)
  await fill(database, past, {
    templateJobId: await printOnce(rest, station.id, credentials.location_id),
    printerIds: await pausePrinters(rest, station),
  })
  return {
    rest,
    sink,
    locationId: credentials.location_id,
    stationId: station.id,
    shop: await logIn(packhouse.baseUrl, credentials.rpc),
    packer: await logIn(packhouse.baseUrl, credentials.packer),
    async close() {
      await packhouse.stop()
      await database.stop()
      await sink.close()
    },
  }
}

interface BenchStation {
  readonly id: string
  readonly printers: readonly { readonly id: string; readonly name: string }[]
}

function createStation(rest: RestCaller, locationId: string, port: number): Promise<BenchStation> {
  const held = Array.from({ length: HELD_PRINTERS }, (_, index) => ({
    name: `Held ${index}`,
    pool: index % 2 === 0 ? 'LASER' : 'LABEL',
    connection: { type: 'virtual' },
  }))
  return rest('POST', '/v1/cloud-printing/stations', {
    location_id: locationId,
    name: 'Bench',
    printers: [
      {
        name: 'Bench laser',
        pool: 'LASER',
        connection: { type: 'socket', host: '127.0.0.1', port, language: 'pdf' },
      },
      { name: 'Bench client', connection: { type: 'station' } },
      ...held,
    ],
  })
}

async function printOnce(rest: RestCaller, stationId: string, locationId: string): Promise<string> {
  const label = await makeLabelPdf()
  const job = await rest<{ readonly id: string }>('POST', '/v1/cloud-printing/jobs', {
    location_id: locationId,
    print_station_id: stationId,
    printer_name: 'Held 0',
    data: `data:application/pdf;base64,${label.toString('base64')}`,
  })
  return job.id
}

/** Answers those that jobs can wait at: the paused ones, and that of the client. */
async function pausePrinters(rest: RestCaller, { printers }: BenchStation): Promise<readonly string[]> {
  for (const { id, name } of printers) {
    if (name.startsWith('Held')) await rest('POST', `/v1/cloud-printing/printers/${id}/pause`, {})
  }
  return printers.filter(({ name }) => name !== 'Bench laser').map(({ id }) => id)
}

async function fill(
  { connection }: BenchDatabase,
  { finished, queued }: Past,
  made: { readonly templateJobId: string; readonly printerIds: readonly string[] },
): Promise<void> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    await insertHistory(client, { ...made, jobs: finished })
    if (queued > 0) await insertQueued(client, { ...made, jobs: queued })
  } finally {
    await client.end()
  }
}
