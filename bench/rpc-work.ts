/** The calls that the suite rpc measures, each with arguments that rotate through orders. */
import { makeLabelPdf } from '../test/helpers/documents.ts'
import { confirming, creating, makeOrder, makePackages, noisyPdf, noisyPdfs } from './packing-work.ts'
import type { RestCaller } from './rest-caller.ts'
import type { RpcCaller } from './rpc-caller.ts'

export type Arguments = readonly unknown[]

export interface RpcWork {
  readonly title: string
  readonly path: string
  readonly role: 'shop' | 'packer'
  /** Makes orders of its own, whose ids begin with `name`; answers the arguments of the next call, each used once. */
  prepare(name: string): Promise<() => Arguments>
}

export const LIST = 'order_instruction.list'
const CREATE = 'order_instruction.create'
const READ_ORDERS = 20
const INSTRUCTIONS = 10
const PACKAGES = 5
const PDF_BYTES = 50_000

export async function makeWork(
  shop: RpcCaller,
  floor: { readonly rest: RestCaller; readonly locationId: string },
): Promise<readonly RpcWork[]> {
  const orders = await makeReadOrders(shop)
  const attaching = (content: () => string) => () => ({
    file_name: 'label.pdf',
    file_content: content(),
    print_target: 'LASER',
  })
  const fresh = await noisyPdfs(PDF_BYTES)
  const known = (await noisyPdf(PDF_BYTES)).toString('base64')
  const create = { path: CREATE, role: 'shop' } as const
  const confirm = { path: 'packing.confirm', role: 'packer' } as const
  return [
    {
      title: `${LIST}, ten instructions`,
      path: LIST,
      role: 'shop',
      prepare: () => Promise.resolve(inTurn(orders.map(({ id }) => [id]))),
    },
    {
      title: 'packing.open',
      path: 'packing.open',
      role: 'packer',
      prepare: () => Promise.resolve(inTurn(orders.map(({ packageId }) => [packageId]))),
    },
    { title: `${CREATE}, a note`, ...create, prepare: (name) => creating(shop, name) },
    {
      title: `${CREATE}, a new PDF of 50 kB each time`,
      ...create,
      prepare: (name) => creating(shop, name, attaching(fresh)),
    },
    {
      title: `${CREATE}, the same PDF of 50 kB`,
      ...create,
      prepare: (name) =>
        creating(
          shop,
          name,
          attaching(() => known),
        ),
    },
    { title: 'packing.confirm, a note', ...confirm, prepare: (name) => confirming(shop, name) },
    { title: 'packing.confirm, a label to print', ...confirm, prepare: await confirmingLabels(shop, floor) },
  ]
}

async function makeReadOrders(
  shop: RpcCaller,
): Promise<readonly { readonly id: string; readonly packageId: string }[]> {
  const orders = Array.from({ length: READ_ORDERS }, (_, index) => `read-${index}`)
  const made = orders.map(async (id) => {
    await makeOrder(shop, id)
    for (let count = 0; count < INSTRUCTIONS; count += 1) {
      await shop.call(CREATE, [id, `Instruction ${count}`, { presentation: 'once_per_package' }])
    }
    const [packageId = ''] = await makePackages(shop, id, PACKAGES)
    return { id, packageId }
  })
  return Promise.all(made)
}

function inTurn(each: readonly Arguments[]): () => Arguments {
  let made = 0
  return () => each[made++ % each.length] as Arguments
}

/** For the client of a station, which never asks for them: each is routed and queued, and nothing prints beside the calls. */
async function confirmingLabels(
  shop: RpcCaller,
  { rest, locationId }: { readonly rest: RestCaller; readonly locationId: string },
): Promise<RpcWork['prepare']> {
  const station = await rest<{ readonly id: string }>('POST', '/v1/cloud-printing/stations', {
    location_id: locationId,
    name: 'Bench',
    printers: [{ name: 'Bench laser', pool: 'LASER', connection: { type: 'station' } }],
  })
  const content = (await makeLabelPdf()).toString('base64')
  const file = { file_name: 'label.pdf', file_content: content, print_target: 'LASER' }
  return async (name) => {
    const next = await confirming(shop, name, { file })
    return () => [...next(), { station_id: station.id }]
  }
}
