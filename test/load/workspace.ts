/** A warehouse made as an integrator makes one, by the public API under its usual limits. */
import type { BenchCredentials } from '../../bench/bench-server.ts'
import { type RestUser, type RpcUser, restUser, signIn } from './callers.ts'
import { HttpClient } from './http-client.ts'
import { inParallel } from './in-parallel.ts'
import type { LoadOptions } from './load-options.ts'
import { openSinks, type Sinks } from './sinks.ts'
import type { StationClientOptions } from './station-client.ts'
import type { Timings } from './timings.ts'

export interface Workspace {
  /** Of the integrators: 10 calls a second each. */
  readonly connectors: readonly RpcUser[]
  readonly packers: readonly Packer[]
  /** Keys of shops that print by REST. */
  readonly shops: readonly RestUser[]
  readonly supervisor: RestUser
  readonly sinks: Sinks
  /** Folders below `virtual-printers`. */
  readonly virtualPrinters: readonly string[]
  /** Printers that REST jobs are sent to, by name. */
  readonly targets: readonly PrintTarget[]
  readonly stationClients: readonly StationKey[]
  readonly stormClients: readonly StationKey[]
  readonly locationId: string
  /** Of the stations in the storm. */
  readonly stormLocationId: string
  readonly eventKey: string
}

export interface Packer {
  readonly user: RpcUser
  readonly stationId: string
}

export interface PrintTarget {
  readonly stationId: string
  readonly printerName: string
  readonly takes: 'zpl' | 'pdf'
}

export type StationKey = Pick<StationClientOptions, 'stationId' | 'apiKey'>

export interface Building {
  readonly baseUrl: string
  readonly credentials: BenchCredentials
  readonly options: LoadOptions
  readonly timings: Timings
  onPaper(mark: number, at: number, where: string): void
}

const CONNECTORS = 20
const SHOPS = 5
/** 20 requests a second each, and 100 at first. */
const SETUP_KEYS = 12
const AT_ONCE = 8

type Kind = 'pdf socket' | 'zpl socket' | 'virtual' | 'station'

/** LABEL and LASER printer of every fifth station. */
const KINDS: readonly (readonly [Kind, Kind])[] = [
  ['pdf socket', 'pdf socket'],
  ['zpl socket', 'virtual'],
  ['virtual', 'pdf socket'],
  ['pdf socket', 'pdf socket'],
  ['station', 'station'],
]

export async function buildWorkspace(building: Building): Promise<Workspace> {
  const { baseUrl, credentials, options, timings, onPaper } = building
  const http = new HttpClient(baseUrl)
  const parts = { http, timings }
  const admin = restUser(parts, credentials.admin.api_key)
  const keys = await inParallel(Array.from({ length: SETUP_KEYS }), AT_ONCE, (_, index) =>
    newKey(admin, `setup ${index}`, [
      'api_keys:write',
      'users:write',
      'print_stations:write',
      'print_jobs:write',
    ]),
  )
  const makers = keys.map((key) => restUser(parts, key))
  const maker = (index: number) => makers[index % makers.length] as RestUser
  const { id: stormLocationId } = await admin.post('/v1/locations', { name: 'Storm' })
  const plans = planStations(options.stations)
  const sinks = await openSinks(plans.sinks, onPaper)
  const locationId = credentials.location_id
  const stations = await inParallel(plans.stations, AT_ONCE, async ({ name, printers }, index) => {
    const body = {
      location_id: locationId,
      name,
      printers: printers.map((printer) => toPrinter(printer, plans, sinks)),
    }
    return (await maker(index).post('/v1/cloud-printing/stations', body)).id as string
  })
  return {
    connectors: await makeUsers(parts, maker, CONNECTORS, {
      role: 'merchant',
      merchant_id: await merchantOf(admin),
    }),
    packers: (
      await makeUsers(parts, maker, options.stations, { role: 'packer', location_id: locationId })
    ).map((user, index) => ({ user, stationId: stations[index] as string })),
    shops: await Promise.all(
      Array.from({ length: SHOPS }, async (_, index) =>
        restUser(parts, await newKey(admin, `shop ${index}`, ['print_jobs:write'])),
      ),
    ),
    supervisor: restUser(parts, keys[0] as string),
    sinks,
    virtualPrinters: plans.stations.flatMap(({ printers }) =>
      printers.filter(({ kind }) => kind === 'virtual').map(({ name }) => name),
    ),
    targets: plans.stations.flatMap(({ printers }, index) => targetsOf(printers, stations[index] as string)),
    stationClients: await inParallel(
      stations.filter((_, index) => KINDS[index % KINDS.length]?.[0] === 'station'),
      AT_ONCE,
      async (stationId, index) => ({
        stationId,
        apiKey: await newKey(maker(index), stationId, ['print_jobs:write']),
      }),
    ),
    stormClients: await inParallel(
      Array.from({ length: options.stormClients }),
      AT_ONCE,
      async (_, index) => {
        const printers = [{ name: 'Printer', connection: { type: 'station' } }]
        const body = { location_id: stormLocationId, name: `Storm ${index}`, printers }
        const { id } = await maker(index).post('/v1/cloud-printing/stations', body)
        return { stationId: id as string, apiKey: await newKey(maker(index), id, ['print_jobs:write']) }
      },
    ),
    locationId,
    stormLocationId,
    eventKey: await newKey(admin, 'events', ['webhooks:read']),
  }
}

interface PlannedPrinter {
  readonly name: string
  readonly kind: Kind
  readonly pool: 'LABEL' | 'LASER'
}

interface Plans {
  readonly stations: readonly { readonly name: string; readonly printers: readonly PlannedPrinter[] }[]
  /** Names of the printers that are sinks. */
  readonly sinks: readonly string[]
}

function planStations(count: number): Plans {
  const stations = Array.from({ length: count }, (_, index) => {
    const [label, laser] = KINDS[index % KINDS.length] as readonly [Kind, Kind]
    const printers: PlannedPrinter[] = [
      { name: `Label ${index}`, kind: label, pool: 'LABEL' },
      { name: `Laser ${index}`, kind: laser, pool: 'LASER' },
    ]
    return { name: `Station ${index}`, printers }
  })
  const sinks = stations.flatMap(({ printers }) => printers.filter(({ kind }) => kind.endsWith('socket')))
  return { stations, sinks: sinks.map(({ name }) => name) }
}

function toPrinter({ name, kind, pool }: PlannedPrinter, plans: Plans, sinks: Sinks): object {
  const port = sinks.ports[plans.sinks.indexOf(name)]
  const connection = kind.endsWith('socket')
    ? { type: 'socket', host: '127.0.0.1', port, language: kind === 'zpl socket' ? 'zpl' : 'pdf' }
    : { type: kind }
  const page_size = pool === 'LABEL' ? { label_4x6: true } : { letter: true }
  return { name, pool, connection, page_size, configuration: { dpi: '203' } }
}

/** What each takes by REST: raw labels go to Zebra printers, documents to the others' labels. */
function targetsOf(printers: readonly PlannedPrinter[], stationId: string): PrintTarget[] {
  return printers
    .filter(({ pool }) => pool === 'LABEL')
    .map(({ name, kind }) => ({ stationId, printerName: name, takes: kind === 'zpl socket' ? 'zpl' : 'pdf' }))
}

async function newKey(maker: RestUser, name: string, scopes: readonly string[]): Promise<string> {
  return (await maker.post('/v1/api-keys', { name, scopes })).api_key
}

async function merchantOf(admin: RestUser): Promise<string> {
  return (await admin.post('/v1/merchants', { name: 'Load' })).id
}

function makeUsers(
  parts: Parameters<typeof signIn>[0],
  maker: (index: number) => RestUser,
  count: number,
  user: { readonly role: string; readonly merchant_id?: string; readonly location_id?: string },
): Promise<RpcUser[]> {
  return inParallel(Array.from({ length: count }), AT_ONCE, async (_, index) => {
    const username = `load-${user.role}-${index}`
    const { api_key } = await maker(index).post('/v1/users', { ...user, username })
    return signIn(parts, { username, api_key })
  })
}
