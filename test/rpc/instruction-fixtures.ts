import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import type { RpcFault, TestUser } from '../helpers/rpc-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

/** As an entity of order_instruction.* comes: contracts/rpc.md, section 8. */
export interface Entity {
  readonly instruction_id: number
  readonly order_id: number
  readonly unique_id: string
  readonly note: string
  readonly file_name: string | null
  readonly presentation: string
  readonly print_target: string | null
  readonly copies_printed: string
  readonly confirmations: readonly { readonly confirmed_id: string; readonly confirmed_at: string }[]
  readonly file_content?: string | null
}

export const ENTITY_KEYS = [
  'instruction_id',
  'order_id',
  'unique_id',
  'note',
  'file_name',
  'presentation',
  'print_target',
  'copies_printed',
  'confirmations',
] as const

/** Without limits of calls, which are tested elsewhere, and with downloads from this machine. */
export function startInstructionServer(): Promise<TestServer> {
  return startServer({ env: { RPC_RATE_LIMIT: '0', RPC_CONCURRENCY: '0', EGRESS_ALLOW: '127.0.0.1' } })
}

/** Short names for the four methods. */
export class InstructionClient {
  readonly server: TestServer
  readonly as: TestUser
  constructor(server: TestServer, as: TestUser = 'demo') {
    this.server = server
    this.as = as
  }

  create(order: unknown, note?: unknown, options?: unknown): Promise<Entity> {
    return this.server.rpc.call('order_instruction.create', [order, note, options], this.as)
  }

  createFault(order: unknown, note?: unknown, options?: unknown): Promise<RpcFault> {
    return this.server.rpc.fault('order_instruction.create', [order, note, options], this.as)
  }

  edit(id: unknown, note?: unknown, options?: unknown): Promise<Entity> {
    return this.server.rpc.call('order_instruction.edit', [id, note, options], this.as)
  }

  editFault(id: unknown, note?: unknown, options?: unknown): Promise<RpcFault> {
    return this.server.rpc.fault('order_instruction.edit', [id, note, options], this.as)
  }

  list(order: unknown, fields?: unknown): Promise<Entity[]> {
    return this.server.rpc.call('order_instruction.list', [order, fields], this.as)
  }

  /** The one instruction of an order that has one, with its bytes. */
  async file(order: unknown): Promise<Buffer | null> {
    const [entity] = await this.list(order, ['file_content'])
    return entity?.file_content == null ? null : Buffer.from(entity.file_content, 'base64')
  }

  delete(id: unknown): Promise<true> {
    return this.server.rpc.call('order_instruction.delete', [id], this.as)
  }
}

/** A new order without shipments; its unique id. */
export async function newOrder(server: TestServer, as: TestUser = 'demo'): Promise<string> {
  const order = await server.rpc.call('order.create', [null, { MUG: 1 }, null, {}], as)
  return order.unique_id
}

/** No RPC method cancels an order that has no reason to be, so the state is set where it is kept. */
export async function cancelOrder(server: TestServer, uniqueId: string): Promise<void> {
  await server.db.raw(`update orders set state = 'canceled', canceled_at = now() where unique_id = ?`, [
    uniqueId,
  ])
}

/** An order whose only package a packer has closed. */
export async function newPackedOrder(server: TestServer): Promise<string> {
  const order = await newOrder(server)
  await server.rpc.call('shipment.create', [order, { packages: [{ package_id: `${order}-box` }] }])
  await server.rpc.call('packing.finish', [`${order}-box`], 'packer')
  return order
}

export function fileOptions(
  bytes: Buffer,
  file_name = 'slip.pdf',
): { file_name: string; file_content: string } {
  return { file_name, file_content: bytes.toString('base64') }
}

/** A PDF of exactly that many bytes: readers skip comments between its header and the first object. */
export async function pdfOfSize(sizeBytes: number): Promise<Buffer> {
  const pdf = await makePdf({ text: 'large' })
  const end = pdf.lastIndexOf('startxref')
  const padding = Buffer.alloc(sizeBytes - pdf.length, '%')
  padding[padding.length - 1] = '\n'.charCodeAt(0)
  return Buffer.concat([pdf.subarray(0, end), padding, pdf.subarray(end)])
}

export function expectInvalid(fault: RpcFault, field: string | null, reason: string): void {
  expect(fault.code, fault.message).to.equal(-32100)
  expect(fault.data).to.include({ field, reason })
  expect(fault.message).to.match(/^Invalid data given\. \S.*\.$/s)
}

/** Everything that the instructions' tables and the outbox hold, as text. */
export async function storedText(server: TestServer): Promise<string> {
  const tables = ['instructions', 'instruction_revisions', 'events', 'documents']
  const rows = await Promise.all(tables.map((table) => server.db.raw(`select t::text from ${table} t`)))
  return rows.map((result: { rows: unknown[] }) => JSON.stringify(result.rows)).join('\n')
}

export async function countRows(
  server: TestServer,
  table: 'documents' | 'instructions' | 'events',
): Promise<number> {
  const { rows } = await server.db.raw<{ rows: { count: number }[] }>(`select count(*)::int from ${table}`)
  return rows[0]?.count ?? -1
}
