/** A warehouse made as an integrator makes one, by the public API under its usual limits. */
import type { BenchCredentials } from '../../bench/bench-server.ts'
import { type RestUser, type RpcUser, restUser, signIn } from './callers.ts'
import { HttpClient } from './http-client.ts'
import { inParallel } from './in-parallel.ts'
import { type IppPrinters, openIppPrinters } from './ipp-printers.ts'
import type { LoadOptions } from './load-options.ts'
import { planStations, printersBody, targetsOf } from './planned-stations.ts'
import { openSinks, type Sinks } from './sinks.ts'
import type { StationClientOptions } from './station-client.ts'
import type { Timings } from './timings.ts'
import type { WebhookReceiver } from './webhook-receiver.ts'

export interface Workspace {
  /** Of the integrators: 10 calls a second each. */
  readonly connectors: readonly RpcUser[]
  readonly packers: readonly Packer[]
  /** Keys of shops that print by REST. */
  readonly shops: readonly RestUser[]
  readonly supervisor: RestUser
  readonly sinks: Sinks
  readonly ippPrinters: IppPrinters
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
  readonly webhookId: string
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
  readonly baseUrls: readonly string[]
  readonly credentials: BenchCredentials
  readonly options: LoadOptions
  readonly timings: Timings
  readonly receiver: WebhookReceiver
  onPaper(bytes: Buffer, at: number, where: string): void
}

const CONNECTORS = 20
const SHOPS = 5
/** 20 requests a second each, and 100 at first. */
const SETUP_KEYS = 12
const SETUP_SCOPES = [
  'api_keys:write',
  'users:write',
  'print_stations:write',
  'print_jobs:write',
  'webhooks:read',
]
const AT_ONCE = 8

/** What makes the rest. */
interface Makers {
  readonly parts: Parameters<typeof signIn>[0]
  readonly admin: RestUser
  /** The keys take turns. */
  maker(index: number): RestUser
}

export async function buildWorkspace(building: Building): Promise<Workspace> {
  const { baseUrls, credentials, options, timings } = building
  const parts = { http: new HttpClient(baseUrls), timings }
  const admin = restUser(parts, credentials.admin.api_key)
  const keys = await inParallel(Array.from({ length: SETUP_KEYS }), AT_ONCE, (_, index) =>
    newKey(admin, `setup ${index}`, SETUP_SCOPES),
  )
  const users = keys.map((key) => restUser(parts, key))
  const makers: Makers = { parts, admin, maker: (index) => users[index % users.length] as RestUser }
  const locationId = credentials.location_id
  const { stationIds, ...floor } = await makeStations(building, makers)
  const packers = await makeUsers(makers, options.stations, { role: 'packer', location_id: locationId })
  const { id: merchant_id } = await admin.post('/v1/merchants', { name: 'Load' })
  return {
    ...floor,
    connectors: await makeUsers(makers, CONNECTORS, { role: 'merchant', merchant_id }),
    packers: packers.map((user, index) => ({ user, stationId: stationIds[index] as string })),
    shops: await inParallel(Array.from({ length: SHOPS }), AT_ONCE, async (_, index) =>
      restUser(parts, await newKey(admin, `shop ${index}`, ['print_jobs:write'])),
    ),
    supervisor: users[0] as RestUser,
    ...(await makeStormStations(options.stormClients, makers)),
    locationId,
    eventKey: await newKey(admin, 'events', ['webhooks:read']),
    webhookId: await subscribe(admin, building.receiver),
  }
}

async function makeStations(
  { credentials, options, onPaper }: Building,
  { maker }: Makers,
): Promise<
  Pick<Workspace, 'sinks' | 'ippPrinters' | 'virtualPrinters' | 'targets' | 'stationClients'> & {
    readonly stationIds: readonly string[]
  }
> {
  const plans = planStations(options.stations)
  const [sinks, ippPrinters] = [await openSinks(plans.sinks, onPaper), await openIppPrinters(plans.ipp)]
  const where = {
    portOf: (name: string) => sinks.ports[plans.sinks.indexOf(name)] ?? 0,
    uriOf: (name: string) => ippPrinters.uris[plans.ipp.indexOf(name)] ?? '',
  }
  const stationIds = await inParallel(plans.stations, AT_ONCE, async (station, index) => {
    const printers = printersBody(station, where)
    const body = { location_id: credentials.location_id, name: station.name, printers }
    return (await maker(index).post<{ id: string }>('/v1/cloud-printing/stations', body)).id
  })
  const idOf = (index: number) => stationIds[index] as string
  const withClient = stationIds.filter((_, index) => plans.stations[index]?.hasClient)
  return {
    stationIds,
    sinks,
    ippPrinters,
    virtualPrinters: plans.virtual,
    targets: plans.stations.flatMap((station, index) => targetsOf(station, idOf(index))),
    stationClients: await inParallel(withClient, AT_ONCE, async (stationId, index) => ({
      stationId,
      apiKey: await newKey(maker(index), stationId, ['print_jobs:write']),
    })),
  }
}

async function makeStormStations(
  count: number,
  { admin, maker }: Makers,
): Promise<Pick<Workspace, 'stormLocationId' | 'stormClients'>> {
  const { id: stormLocationId } = await admin.post('/v1/locations', { name: 'Storm' })
  const stormClients = await inParallel(Array.from({ length: count }), AT_ONCE, async (_, index) => {
    const printers = [{ name: 'Printer', connection: { type: 'station' } }]
    const body = { location_id: stormLocationId, name: `Storm ${index}`, printers }
    const { id } = await maker(index).post<{ id: string }>('/v1/cloud-printing/stations', body)
    return { stationId: id, apiKey: await newKey(maker(index), id, ['print_jobs:write']) }
  })
  return { stormLocationId, stormClients }
}

/** To everything. */
async function subscribe(admin: RestUser, receiver: WebhookReceiver): Promise<string> {
  const { id, secret } = await admin.post('/v1/webhooks', { url: receiver.url, topics: ['*'] })
  receiver.expect(secret)
  return id
}

async function newKey(maker: RestUser, name: string, scopes: readonly string[]): Promise<string> {
  return (await maker.post('/v1/api-keys', { name, scopes })).api_key
}

function makeUsers(
  { parts, maker }: Makers,
  count: number,
  user: { readonly role: string; readonly merchant_id?: string; readonly location_id?: string },
): Promise<RpcUser[]> {
  return inParallel(Array.from({ length: count }), AT_ONCE, async (_, index) => {
    const username = `load-${user.role}-${index}`
    const { api_key } = await maker(index).post('/v1/users', { ...user, username })
    return signIn(parts, { username, api_key })
  })
}
