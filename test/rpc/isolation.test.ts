import { expect } from 'chai'
import { resourceMethods } from '../../lib/transport/rpc/methods.ts'
import { hashTables } from '../helpers/table-hashes.ts'
import { Floor, type Packer } from './packing-fixtures.ts'
import { WAYS } from './ways.ts'

/** Ids of one merchant's things, or of nothing at all. */
interface Ids {
  readonly order: string
  readonly orderId: number
  readonly orderRef: string
  readonly shipment: string
  readonly package: string
  readonly trackingNumber: string
  readonly instruction: number
  readonly job: string
  readonly webhook: number
}

const NOTHING: Ids = {
  order: 'nothing-order',
  orderId: 999_999_999,
  orderRef: 'nothing-ref',
  shipment: 'nothing-shipment',
  package: 'nothing-package',
  trackingNumber: 'nothing-tracking',
  instruction: 999_999_999,
  job: `prnt_job_${'0'.repeat(22)}`,
  webhook: 999_999_999,
}

/** Arguments that would do something, or show something, if the ids were the caller's own. */
type Calls = (ids: Ids) => readonly (readonly unknown[])[]

/** A method that takes no id of a merchant's thing, and why it may take none. */
interface WithoutIds {
  readonly noIds: string
}

/**
 * How each method of the registry is asked for another merchant's things. A method without a line here fails the test:
 * whoever adds one says how it keeps merchants apart.
 */
const METHODS: Readonly<Record<string, Calls | WithoutIds>> = {
  'order.create': { noIds: 'chooses ids; by contract unique_id is unique over all merchants' },
  'order.info': (ids) => [
    [ids.order],
    [ids.order, '*'],
    [ids.order, ['items', 'shipping_address', 'packages']],
  ],
  'order.search': (ids) => [
    [{ unique_id: ids.order }],
    [{ order_id: ids.orderId }],
    [{ order_ref: ids.orderRef }],
    [{ unique_id: { in: [ids.order] } }, {}, '*'],
    [{ unique_id: { starts: ids.order.slice(0, -1) } }, {}, ['items', 'packages']],
  ],
  'order.cancel': (ids) => [
    [ids.order, { all_items: true }],
    [ids.order, { unfulfilled_items: true }],
  ],
  'shipment.create': (ids) => [[ids.order], [ids.order, { shipment_id: 'mine', packages: 2 }]],
  'shipment.info': (ids) => [[ids.shipment]],
  'shipment.search': (ids) => [
    [{ shipment_id: ids.shipment }],
    [{ order_unique_id: ids.order }],
    [{ order_id: ids.orderId }, {}, '*'],
    [{ order_ref: ids.orderRef }, {}, ['items', 'shipping_address', 'packages', 'tracking_numbers']],
  ],
  'package.search': (ids) => [
    [{ package_id: ids.package }],
    [{ shipment_id: ids.shipment }],
    [{ order_unique_id: ids.order }, {}, '*'],
    [{ order_ref: ids.orderRef }, {}, ['items', 'tracking_numbers']],
  ],
  'warehouse.list': { noIds: 'lists locations, which are the operator’s' },
  'order_instruction.create': (ids) => [
    [ids.order, 'a note'],
    [ids.order, 'a note', { external_id: 'x-1', presentation: 'once_per_package' }],
  ],
  'order_instruction.edit': (ids) => [
    [ids.instruction, 'another note'],
    [ids.instruction, null, { presentation: 'once_per_package' }],
    [ids.instruction],
  ],
  'order_instruction.list': (ids) => [[ids.order], [ids.order, ['file_content']]],
  'order_instruction.delete': (ids) => [[ids.instruction]],
  'packing.open': (ids) => [[ids.package], [ids.trackingNumber], [ids.shipment], [ids.order]],
  'packing.confirm': (ids) => [[ids.instruction, ids.package]],
  'packing.defer': (ids) => [[ids.instruction, ids.package]],
  'packing.reprint': (ids) => [[ids.instruction, ids.package, 'a good reason']],
  'packing.finish': (ids) => [[ids.package]],
  'packing.reopen': (ids) => [[ids.package, 'a good reason']],
  'packing.preview': (ids) => [[ids.order]],
  'packing.picture': (ids) => [[ids.instruction, ids.package]],
  'packing.stations': { noIds: 'lists stations, which are the operator’s' },
  'print_job.create': { noIds: 'names locations, stations and printers, which are the operator’s' },
  'print_job.list': (ids) => [
    [{ resource_id: String(ids.instruction) }],
    [{ resource_type: 'instruction', resource_id: String(ids.instruction), status: 'queued' }],
  ],
  'print_job.retrieve': (ids) => [[ids.job]],
  'print_job.update': (ids) => [
    [ids.job, { status: 'canceled' }],
    [ids.job, { status: 'completed' }],
  ],
  'webhook.list': { noIds: 'lists the own ones; compared below' },
  'webhook.create': { noIds: 'names nothing of a merchant' },
  'webhook.delete': (ids) => [[ids.webhook]],
}

describe('another merchant’s things look as if they did not exist', () => {
  let floor: Floor
  let theirs: Ids
  let paths: readonly string[]
  before(async () => {
    floor = await Floor.start()
    theirs = await thingsOfDemo(floor)
    paths = resourceMethods(floor.server.services).map(({ path }) => path)
  })
  after(() => floor.server.stop())

  const entryOf = (path: string): Calls | WithoutIds => {
    const entry = METHODS[path]
    if (!entry)
      throw new Error(`say in METHODS how ${path} is asked for another merchant's things, or why it can't be`)
    return entry
  }

  it('for every method that there is, with no entry missing', () => {
    expect(paths).not.to.have.length(0)
    expect(paths.filter((path) => !Object.hasOwn(METHODS, path))).to.deep.equal([])
  })

  it('and exist for their owner and for packers, so that the ids below are right', async () => {
    const { rpc } = floor.server
    const { order, shipment, instruction, job } = theirs
    expect((await rpc.call('order.info', [order])).order_id).to.equal(theirs.orderId)
    expect((await rpc.call('shipment.info', [shipment])).order_ref).to.equal(theirs.orderRef)
    expect((await rpc.call('order_instruction.list', [order]))[0].instruction_id).to.equal(instruction)
    expect((await rpc.call('print_job.retrieve', [job])).status).to.equal('queued')
    for (const code of [theirs.package, theirs.trackingNumber]) {
      expect((await floor.packer.open(code)).package.package_id).to.equal(theirs.package)
    }
  })

  for (const [path, entry] of Object.entries(METHODS)) {
    if (typeof entry !== 'function') continue
    for (const [way, ask] of Object.entries(WAYS)) {
      it(`to ${path}, by ${way}, and stay as they are`, async () => {
        const session = await floor.server.rpc.session('demo-other')
        const before = await hashTables(floor.db)
        const ours = entry(NOTHING)
        for (const [index, args] of entry(theirs).entries()) {
          const told = await ask(floor.server.rpc, { session, path, args })
          const nothing = await ask(floor.server.rpc, { session, path, args: ours[index] ?? [] })
          expect(withoutEchoes(told, theirs), JSON.stringify(args)).to.equal(withoutEchoes(nothing, NOTHING))
          expect(told.code, 'no internal error').not.to.be.oneOf([-32_000, -32_001])
        }
        expect(await hashTables(floor.db), 'something was written').to.deep.equal(before)
      })
    }
  }

  it('to any method that is asked for nothing in particular', async () => {
    const session = await floor.server.rpc.session('demo-other')
    for (const path of paths) {
      entryOf(path)
      const told = JSON.stringify(await WAYS.call(floor.server.rpc, { session, path, args: [] }))
      for (const id of [theirs.order, theirs.orderRef, theirs.shipment, theirs.package, theirs.job]) {
        expect(told, path).not.to.contain(id)
      }
    }
  })

  it('also where ids are chosen: an order_ref is free for each merchant', async () => {
    const { rpc } = floor.server
    const info = { order_ref: theirs.orderRef }
    const created = await rpc.call(
      'order.create',
      [null, { MUG: 1 }, null, info, { unique_order_ref: true }],
      'demo-other',
    )
    expect(created.order_ref).to.equal(theirs.orderRef)
    const own = await rpc.call('order.search', [info], 'demo-other')
    expect(own.results.map((order: { unique_id: string }) => order.unique_id)).to.deep.equal([
      created.unique_id,
    ])
  })

  it('even their sessions: one that ended is answered like one that never was', async () => {
    const { rpc, credentials } = floor.server
    const login = { jsonrpc: '2.0', id: 1, method: 'login', params: ['demo', credentials.rpc.api_key] }
    const ended: string = (await rpc.raw(JSON.stringify(login))).json.result
    const unknown = '0'.repeat(32)
    for (const session of [ended, ended, unknown]) {
      const end = { jsonrpc: '2.0', id: 1, method: 'endSession', params: [session] }
      expect((await rpc.raw(JSON.stringify(end))).json.result).to.equal(true)
    }
    for (const [way, ask] of Object.entries(WAYS)) {
      for (const path of paths) {
        const call = { path, args: [] }
        const told = await ask(rpc, { ...call, session: ended })
        expect(told.code, `${path} by ${way}`).to.equal(-32_005)
        expect(told, `${path} by ${way}`).to.deep.equal(await ask(rpc, { ...call, session: unknown }))
      }
    }
  })

  // Last, since the owner's calls do what they say.
  it('while to those who may see them the same calls tell of them, so that each line above can fail', async () => {
    const owner = await floor.server.rpc.session('demo')
    const supervisor = await floor.user('supervisor')
    for (const path of packingFirst(paths)) {
      const entry = entryOf(path)
      if (typeof entry !== 'function') continue
      const session = path.startsWith('packing.') ? supervisor.session : owner
      const ask = (args: readonly unknown[]) => WAYS.call(floor.server.rpc, { session, path, args })
      const answers = []
      for (const [index, args] of entry(theirs).entries()) {
        const [told, nothing] = [await ask(args), await ask(entry(NOTHING)[index] ?? [])]
        answers.push(withoutEchoes(told, theirs) !== withoutEchoes(nothing, NOTHING))
      }
      expect(answers, path).to.include(true)
    }
  })
})

/** Before an order is canceled, which ends its packing. */
function packingFirst(paths: readonly string[]): readonly string[] {
  const rank = (path: string) => (path.startsWith('packing.') ? 0 : path === 'order.cancel' ? 2 : 1)
  return paths.toSorted((one, other) => rank(one) - rank(other))
}

/** An order of merchant demo with everything that an order can have, a queued print job among it. */
async function thingsOfDemo(floor: Floor): Promise<Ids> {
  const { rpc } = floor.server
  // Numbers that no answer holds by chance.
  await floor.db.raw(`alter table orders alter column order_id restart with 700000001;
    alter table instructions alter column instruction_id restart with 800000001;
    alter table webhooks alter column webhook_number restart with 600000001`)
  const ids = { order: 'theirs-order', orderRef: 'theirs-ref', shipment: 'theirs-shipment' }
  const things = { ...ids, package: 'theirs-package', trackingNumber: 'theirs-tracking' }
  const order = await rpc.call('order.create', [
    null,
    { MUG: 1 },
    { firstname: 'Theirs' },
    { unique_id: ids.order, order_ref: ids.orderRef },
  ])
  const packages = [{ package_id: things.package, tracking_number: things.trackingNumber }, {}]
  await rpc.call('shipment.create', [ids.order, { shipment_id: ids.shipment, packages }])
  const instruction = await floor.instruct(ids.order)
  return {
    ...things,
    orderId: order.order_id,
    instruction,
    job: await queuedJob(floor.packer, floor, instruction),
    webhook: await webhookOf(rpc),
  }
}

async function webhookOf(rpc: Floor['server']['rpc']): Promise<number> {
  const webhook = { url: 'https://theirs.example/hook', topics: 'order.created', secret_key: 'theirs-secret' }
  await rpc.call('webhook.create', [webhook])
  return (await rpc.call('webhook.list'))[0].webhook_id
}

/** At a station whose client never comes, so that nothing happens to it by itself. */
async function queuedJob(packer: Packer, floor: Floor, instruction: number): Promise<string> {
  await floor.station({ name: 'Held', code: 'HELD', printers: [{ name: 'Held laser', pool: 'LASER' }] })
  const { print_job } = await packer.confirm(instruction, 'theirs-package', { station_id: 'HELD' })
  return print_job?.id ?? ''
}

/** An answer as text, the ids that the caller named itself replaced by what they are ids of. */
function withoutEchoes(outcome: unknown, ids: Ids): string {
  return Object.entries(ids).reduce(
    (text, [name, id]) => text.replaceAll(String(id), `<${name}>`),
    JSON.stringify(outcome),
  )
}
