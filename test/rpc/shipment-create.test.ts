import { expect } from 'chai'
import { startServer, type TestServer } from '../helpers/server.ts'

const FIELDS = [
  'shipment_id',
  'order_unique_id',
  'order_ref',
  'order_id',
  'warehouse_id',
  'store_code',
  'status',
  'shipment_type',
  'created_at',
  'updated_at',
  'packed_at',
  'shipping_address',
  'items',
  'packages',
  'tracking_numbers',
  'serial_number_data',
]
const PACKAGE_FIELDS = [
  'package_id',
  'shipment_id',
  'order_unique_id',
  'order_ref',
  'package_status',
  'warehouse_id',
  'created_at',
  'updated_at',
  'packed_at',
  'shipped_at',
  'delivered_at',
  'items',
  'tracking_numbers',
]

describe('shipment.create', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())

  async function anOrder(uniqueId: string): Promise<string> {
    const info = { unique_id: uniqueId, order_ref: 'PO-1' }
    await server.rpc.call('order.create', ['web', { A: 1 }, { city: 'Oslo' }, info])
    return uniqueId
  }
  const create = (order: string, options?: unknown) => server.rpc.call('shipment.create', [order, options])
  const refusal = (order: string, options?: unknown) => server.rpc.fault('shipment.create', [order, options])

  it('answers the shipment with every field, in the order of the table', async () => {
    const options = { shipment_id: 'S-1', packages: [{ package_id: 'P-1', tracking_number: '1Z 1' }] }
    const shipment = await create(await anOrder('shape'), options)
    expect(Object.keys(shipment)).to.deep.equal(FIELDS)
    expect(shipment).to.deep.include({
      shipment_id: 'S-1',
      order_unique_id: 'shape',
      order_ref: 'PO-1',
      warehouse_id: 1,
      store_code: 'web',
      status: 'new',
      shipment_type: 'parcel',
      packed_at: null,
      shipping_address: { city: 'Oslo' },
      items: [],
      tracking_numbers: ['1Z 1'],
      serial_number_data: [],
    })
    expect(shipment.packages.map(Object.keys)).to.deep.equal([PACKAGE_FIELDS])
    expect(shipment.packages[0]).to.deep.include({
      package_id: 'P-1',
      package_status: 'packing',
      packed_at: null,
      shipped_at: null,
      delivered_at: null,
      tracking_numbers: ['1Z 1'],
    })
    expect(await server.rpc.call('shipment.info', ['S-1'])).to.deep.equal(shipment)
    expect(await server.rpc.call('order.info', ['shape', 'state'])).to.include({ state: 'processing' })
  })

  it('makes one package and takes the next number, unless told otherwise', async () => {
    const order = await anOrder('numbered')
    for (const options of [
      undefined,
      null,
      [],
      {},
      { shipment_id: null, warehouse_id: null, packages: null },
    ]) {
      const shipment = await create(order, options)
      expect(shipment.shipment_id).to.match(/^\d+$/)
      expect(idsOf(shipment)).to.deep.equal([`${shipment.shipment_id}-1`])
    }
  })

  it('makes as many packages as asked for, up to 200', async () => {
    const order = await anOrder('many')
    expect(idsOf(await create(order, { shipment_id: 'M', packages: 3 }))).to.deep.equal(['M-1', 'M-2', 'M-3'])
    expect((await create(order, { packages: 200 })).packages).to.have.length(200)
  })

  it('takes integers for ids, and the warehouse as a numeric string', async () => {
    const packages = [{ package_id: 777, tracking_number: 888 }]
    const shipment = await create(await anOrder('integers'), {
      shipment_id: 555,
      warehouse_id: '1',
      packages,
    })
    expect(shipment).to.deep.include({ shipment_id: '555', tracking_numbers: ['888'] })
    expect(idsOf(shipment)).to.deep.equal(['777'])
  })

  it('is 102 for an id that is taken, another merchant’s too, and then makes nothing', async () => {
    const order = await anOrder('clash')
    const info = { unique_id: 'clash of other' }
    await server.rpc.call('order.create', [null, { A: 1 }, null, info], 'demo-other')
    await server.rpc.call('shipment.create', ['clash of other', { shipment_id: 'C' }], 'demo-other')
    const refused: readonly [object, string][] = [
      [{ shipment_id: 'C' }, 'shipment_id'],
      [{ shipment_id: 'C2', packages: [{}, { package_id: 'C-1' }] }, 'packages.1.package_id'],
      [{ shipment_id: 'C2', packages: [{ package_id: 'D' }, { package_id: 'D' }] }, 'packages.1.package_id'],
    ]
    for (const [options, field] of refused) {
      const fault = await refusal(order, options)
      expect(fault).to.deep.include({ code: -32102, data: { field, reason: 'conflict' } })
    }
    expect(await server.rpc.fault('shipment.info', ['C2'])).to.include({ code: -32100 })
    expect(await server.rpc.call('order.info', [order, 'state'])).to.include({ state: 'new' })
  })

  it('is 102 for a canceled order', async () => {
    await anOrder('canceled')
    await server.db('orders').where({ unique_id: 'canceled' }).update({ state: 'canceled' })
    const fault = await refusal('canceled')
    expect(fault).to.deep.include({ code: -32102, data: { field: null, reason: 'canceled' } })
  })

  const refused: readonly [what: string, field: string, options: unknown][] = [
    ['an empty shipment_id', 'shipment_id', { shipment_id: '' }],
    ['a shipment_id of 65 characters', 'shipment_id', { shipment_id: 'x'.repeat(65) }],
    ['a shipment_id with a line feed', 'shipment_id', { shipment_id: 'a\nb' }],
    ['a boolean shipment_id', 'shipment_id', { shipment_id: true }],
    ['a warehouse that there is not', 'warehouse_id', { warehouse_id: 99 }],
    ['a warehouse that is no number', 'warehouse_id', { warehouse_id: 'main' }],
    ['no packages', 'packages', { packages: 0 }],
    ['an empty list of packages', 'packages', { packages: [] }],
    ['201 packages', 'packages', { packages: 201 }],
    ['a list of 201 packages', 'packages', { packages: Array(201).fill({}) }],
    ['half a package', 'packages', { packages: 1.5 }],
    ['packages that are a string', 'packages', { packages: 'two' }],
    ['a package that is no object', 'packages.0', { packages: ['P'] }],
    ['a package_id with U+0000', 'packages.0.package_id', { packages: [{ package_id: 'a\0' }] }],
    ['an empty tracking number', 'packages.1.tracking_number', { packages: [{}, { tracking_number: '' }] }],
    ['an option that there is not', 'carrier', { carrier: 'ups' }],
    ['a member of a package that there is not', 'packages.0.weight', { packages: [{ weight: 1 }] }],
    ['options that are a string', 'options', 'fast'],
  ]
  for (const [what, field, options] of refused) {
    it(`is 102 for ${what}`, async () => {
      const fault = await refusal('100000309', options)
      expect(fault.code).to.equal(-32102)
      expect(fault.data).to.include({ field })
    })
  }

  it('is 103 for whatever names no order of this merchant', async () => {
    for (const id of ['abc', -1, '9'.repeat(30), 'a\0'])
      expect(await refusal(String(id))).to.include({ code: -32103 })
    const other = await server.rpc.fault('shipment.create', ['100000309'], 'demo-other')
    expect(other).to.include({ code: -32103 })
  })

  it('is 102 for an order id that is neither string nor number, fault 6 for none', async () => {
    expect(await server.rpc.fault('shipment.create', [true])).to.include({ code: -32102 })
    expect(await server.rpc.fault('shipment.create', [])).to.include({ code: -32006 })
  })

  it('is for merchants alone', async () => {
    expect(await server.rpc.fault('shipment.create', ['100000309'], 'packer')).to.include({ code: -32002 })
  })
})

function idsOf(shipment: { packages: readonly { package_id: string }[] }): string[] {
  return shipment.packages.map(({ package_id: packageId }) => packageId)
}
