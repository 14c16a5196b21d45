import { expect } from 'chai'
import { startServer, type TestServer } from '../helpers/server.ts'

const DEFAULT = ['order_id', 'unique_id', 'order_ref']
const STAR = [
  'state',
  'status',
  'store_code',
  'shipping_method',
  'priority',
  'note',
  'custom_greeting',
  'requested_ship_date',
  'custom_fields',
  'total_item_count',
  'created_at',
  'updated_at',
]
const HEAVY = [
  'shipping_address',
  'items',
  'shipments',
  'packages',
  'tracking_numbers',
  'status_history',
  'serial_number_data',
]

describe('order.info', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
    const address = { email: 'a@example.com', firstname: 'Ann', street: '1 Main St\nApt 2', company: null }
    const items = [
      { sku: 'B', qty: 1, order_item_ref: 'two' },
      { sku: 'A', qty: '0.25' },
    ]
    const info = { unique_id: 'full', order_ref: 'PO-1' }
    await server.rpc.call('order.create', ['web', items, address, info])
    const packages = [{ tracking_number: '1Z 1' }, {}, { tracking_number: '1Z 2' }]
    await server.rpc.call('shipment.create', ['full', { shipment_id: 'full-1', packages }])
  })
  after(() => server.stop())

  const keysOf = async (fields?: unknown) =>
    Object.keys(await server.rpc.call('order.info', ['full', fields]))

  it('answers the default fields, unless told otherwise', async () => {
    for (const fields of [undefined, null, [], ['frobnicate', 7, null], 'frobnicate']) {
      expect(await keysOf(fields)).to.deep.equal(DEFAULT)
    }
  })

  it('is 100 for fields that are neither a list nor a name', async () => {
    for (const fields of [{}, 5, false, { fields: ['state'] }]) {
      const fault = await server.rpc.fault('order.info', ['full', fields])
      expect(fault).to.deep.include({ code: -32100, data: { field: 'fields', reason: 'invalid' } })
    }
  })

  it('answers all but the heavy fields for "*", as a list or by itself', async () => {
    expect(await keysOf(['*'])).to.deep.equal([...DEFAULT, ...STAR])
    expect(await keysOf('*')).to.deep.equal([...DEFAULT, ...STAR])
  })

  it('answers named fields on top of the default, in the order of the table', async () => {
    expect(await keysOf(['items', 'status'])).to.deep.equal([...DEFAULT, 'status', 'items'])
    expect(await keysOf('packages')).to.deep.equal([...DEFAULT, 'packages'])
    expect(await keysOf(['packages', '*'])).to.deep.equal([...DEFAULT, ...STAR, 'packages'])
    expect(await keysOf(['*', ...HEAVY].reverse())).to.deep.equal([...DEFAULT, ...STAR, ...HEAVY])
  })

  it('tells of the order’s address, items, shipments, packages and states', async () => {
    const order = await server.rpc.call('order.info', ['full', HEAVY])
    expect(order.shipping_address).to.deep.equal({
      firstname: 'Ann',
      street: '1 Main St\nApt 2',
      email: 'a@example.com',
    })
    expect(Object.keys(order.shipping_address)).to.deep.equal(['firstname', 'street', 'email'])
    expect(order.items).to.deep.equal([
      { sku: 'B', qty: '1.0000', order_item_ref: 'two' },
      { sku: 'A', qty: '0.2500', order_item_ref: null },
    ])
    expect(order.shipments).to.have.length(1)
    expect(order.shipments[0]).to.include({ shipment_id: 'full-1', status: 'new', shipment_type: 'parcel' })
    const ids = order.packages.map(({ package_id }: { package_id: string }) => package_id)
    expect(ids).to.deep.equal(['full-1-1', 'full-1-2', 'full-1-3'])
    expect(order.tracking_numbers).to.deep.equal(['1Z 1', '1Z 2'])
    const states = order.status_history.map(({ status }: { status: string }) => status)
    expect(states).to.deep.equal(['new', 'processing'])
    expect(order.serial_number_data).to.deep.equal([])
  })

  it('takes an integer for an id', async () => {
    const order = await server.rpc.call('order.info', 100000309)
    expect(order).to.include({ unique_id: '100000309' })
  })

  it('answers packers about every merchant’s orders', async () => {
    expect(await server.rpc.call('order.info', ['full'], 'packer')).to.include({ unique_id: 'full' })
  })

  it('is 100 for whatever names no order of this merchant', async () => {
    for (const id of ['', 'abc', -1, 1.5, '9'.repeat(30), "'; --", 'a\0', '\ud800', 'full-1']) {
      expect(await server.rpc.fault('order.info', [id]), String(id)).to.include({ code: -32100 })
    }
    expect(await server.rpc.fault('order.info', ['full'], 'demo-other')).to.include({ code: -32100 })
  })

  it('is fault 6 without an id', async () => {
    for (const args of [[], [null], { fields: ['*'] }]) {
      expect(await server.rpc.fault('order.info', args)).to.include({ code: -32006 })
    }
  })
})
