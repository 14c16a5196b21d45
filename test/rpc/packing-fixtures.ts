import { hashSecret, newApiKey } from '../../lib/access/secret.ts'
import { newId } from '../../lib/ids.ts'
import type { NewStation, StationWithPrinters } from '../../lib/printers/printer.ts'
import { makePdf } from '../helpers/documents.ts'
import { RpcCallError, type RpcClient, type RpcFault } from '../helpers/rpc-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

/** As contracts/packing.md shows it. */
export interface OccurrenceJson {
  readonly instruction_id: number
  readonly revision: number
  readonly state: 'due' | 'deferred' | 'confirmed' | 'changed' | 'elsewhere'
  readonly because: string
  readonly confirmation: {
    readonly confirmed_id: string
    readonly confirmed_by: string
    readonly station_id: string | null
    readonly package_id: string
    readonly revision: number
  } | null
  readonly print_job: {
    readonly id: string
    readonly status: string
    readonly printer: { readonly name: string }
    readonly pages: number
  } | null
}

export interface ViewJson {
  readonly package: {
    readonly package_id: string
    readonly shipment_id: string
    readonly order_unique_id: string
    readonly status: string
  }
  readonly occurrences: readonly OccurrenceJson[]
  readonly can_finish: boolean
  readonly blockers: readonly string[]
}

/** Somebody on the floor, calling through the public endpoint. */
export class Packer {
  readonly id: string
  readonly name: string
  readonly session: string
  readonly #rpc: RpcClient

  constructor(rpc: RpcClient, user: { id: string; name: string; session: string }) {
    this.id = user.id
    this.name = user.name
    this.#rpc = rpc
    this.session = user.session
  }

  /** Throws RpcCallError. */
  async call<Result>(path: string, args: unknown): Promise<Result> {
    const params = [this.session, path, args]
    const { json } = await this.#rpc.raw(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'call', params }))
    if (json.error) throw new RpcCallError(path, json.error)
    return json.result
  }

  async fault(path: string, args: unknown): Promise<RpcFault> {
    return faultOf(this.call(path, args))
  }

  open(code: unknown, options?: object): Promise<ViewJson> {
    return this.call('packing.open', [code, options])
  }

  confirm(instructionId: unknown, packageId: unknown, options?: object): Promise<OccurrenceJson> {
    return this.call('packing.confirm', [instructionId, packageId, options])
  }

  defer(instructionId: unknown, packageId: unknown): Promise<OccurrenceJson> {
    return this.call('packing.defer', [instructionId, packageId])
  }

  finish(packageId: unknown): Promise<ViewJson['package']> {
    return this.call('packing.finish', [packageId])
  }
}

/** The fault of a call that must fail. */
export async function faultOf(call: Promise<unknown>): Promise<RpcFault> {
  const result = await call.catch((error: unknown) => {
    if (error instanceof RpcCallError) return error
    throw error
  })
  if (result instanceof RpcCallError) return result.fault
  throw new Error(`answered ${JSON.stringify(result)} instead of a fault`)
}

/** The fault that a wire code stands for. */
export function faultNumber({ code }: RpcFault): number {
  return -code - 32_000
}

export interface OrderJson {
  readonly order: string
  /** By shipment and position: `<order>-A-1`, `<order>-A-2`, `<order>-B-1`. */
  readonly packages: readonly string[]
}

/** The demo workspace, and what a packing test needs of it beside the packer's own methods. */
export class Floor {
  readonly server: TestServer
  readonly packer: Packer
  readonly pdf: Buffer
  #users = 0

  private constructor(server: TestServer, parts: { packer: Packer; pdf: Buffer }) {
    this.server = server
    this.packer = parts.packer
    this.pdf = parts.pdf
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<Floor> {
    const server = await startServer({ env })
    const session = await server.rpc.session('packer')
    const [row] = await rowsOf<{ id: string }>(
      server,
      `select user_id as id from users where role = 'packer'`,
    )
    const packer = new Packer(server.rpc, { id: row?.id ?? '', name: 'packer', session })
    return new Floor(server, { packer, pdf: await makePdf({ text: 'Slip' }) })
  }

  get db() {
    return this.server.db
  }

  /** A new user, logged in at `rpc`; bound to the demo location if not told otherwise. */
  async user(
    role: 'packer' | 'supervisor',
    options: { locationId?: string | null; rpc?: RpcClient } = {},
  ): Promise<Packer> {
    const { locationId = this.server.credentials.location_id, rpc = this.server.rpc } = options
    this.#users += 1
    const user = { id: newId('usr'), name: `${role}-${this.#users}` }
    const key = newApiKey()
    await this.db.raw(
      `insert into users (user_id, username, role, location_id, api_key_hash, api_key_last4)
       values (?, ?, ?, ?, ?, 'none')`,
      [user.id, user.name, role, locationId as string, hashSecret(key)],
    )
    const login = { jsonrpc: '2.0', id: 1, method: 'login', params: [user.name, key] }
    const { json } = await rpc.raw(JSON.stringify(login))
    return new Packer(rpc, { ...user, session: json.result })
  }

  /** With a shipment for each number of packages. */
  async order(packageCounts: readonly number[] = [1], warehouseId?: number): Promise<OrderJson> {
    const { rpc } = this.server
    const created = await rpc.call('order.create', [null, { MUG: 1 }, null, {}])
    const order: string = created.unique_id
    const packages: string[] = []
    for (const [index, count] of packageCounts.entries()) {
      const shipment_id = `${order}-${String.fromCharCode(65 + index)}`
      const options = { shipment_id, packages: count, ...(warehouseId && { warehouse_id: warehouseId }) }
      const shipment = await rpc.call('shipment.create', [order, options])
      for (const pack of shipment.packages) packages.push(pack.package_id)
    }
    return { order, packages }
  }

  /** The id of a new instruction: a note, and a one-page file for the LASER pool unless `options` say otherwise. */
  async instruct(order: string, options: object = {}): Promise<number> {
    const file = { file_name: 'slip.pdf', file_content: this.pdf.toString('base64'), print_target: 'LASER' }
    const created = await this.server.rpc.call('order_instruction.create', [
      order,
      'Put the slip in',
      { ...file, ...options },
    ])
    return created.instruction_id
  }

  /** A note without a file. */
  async note(order: string, options: object = {}): Promise<number> {
    const created = await this.server.rpc.call('order_instruction.create', [order, 'Wrap it well', options])
    return created.instruction_id
  }

  edit(instructionId: number, note: string | null, options?: object): Promise<unknown> {
    return this.server.rpc.call('order_instruction.edit', [instructionId, note, options])
  }

  remove(instructionId: number): Promise<unknown> {
    return this.server.rpc.call('order_instruction.delete', [instructionId])
  }

  /** No RPC method cancels an order with packed packages, so the state is set where it is kept. */
  async cancel(order: string): Promise<void> {
    await this.db.raw(`update orders set state = 'canceled', canceled_at = now() where unique_id = ?`, [
      order,
    ])
  }

  /** Without printers. */
  async location(name: string): Promise<{ locationId: string; warehouseId: number }> {
    const locationId = newId('loc')
    await this.db.raw('insert into locations (location_id, name, code) values (?, ?, ?)', [
      locationId,
      name,
      name.toUpperCase(),
    ])
    const [row] = await this.rows<{ id: string }>(
      'select warehouse_id as id from locations where location_id = ?',
      [locationId],
    )
    return { locationId, warehouseId: Number(row?.id) }
  }

  /** Of the demo location if not told otherwise. Printers are those of a station client: their jobs stay queued. */
  station(station: Omit<NewStation, 'locationId'> & { locationId?: string }): Promise<StationWithPrinters> {
    const { location_id: locationId } = this.server.credentials
    return this.server.services.printers.createStation(this.packer.id, { locationId, ...station })
  }

  async shipmentStatus(shipmentId: string): Promise<string> {
    return (await this.server.rpc.call('shipment.info', [shipmentId])).status
  }

  async orderState(order: string): Promise<string> {
    return (await this.server.rpc.call('order.info', [order, ['state']])).state
  }

  /** What is stored of an instruction's confirmations and print jobs. */
  async stored(instructionId: number): Promise<{ confirmations: number; jobs: number; events: number }> {
    const [row] = await this.rows<{ confirmations: number; jobs: number; events: number }>(
      `select
         (select count(*)::int from confirmations where instruction_id = :id) as confirmations,
         (select count(*)::int from print_jobs where instruction_id = :id) as jobs,
         (select count(*)::int from events where type = 'order_instruction.confirmed'
            and resource_id = :id::text) as events`,
      { id: instructionId },
    )
    return row ?? { confirmations: -1, jobs: -1, events: -1 }
  }

  rows<Row>(sql: string, bindings: unknown = []): Promise<Row[]> {
    return rowsOf(this.server, sql, bindings)
  }
}

async function rowsOf<Row>({ db }: TestServer, sql: string, bindings: unknown = []): Promise<Row[]> {
  return (await db.raw(sql, bindings as [])).rows
}
