import { expect } from 'chai'
import { startServer, type TestServer } from '../helpers/server.ts'

const INVALID = -32101

describe('package.search', () => {
  let server: TestServer
  before(async () => {
    server = await startServer({ env: { RPC_RATE_LIMIT: '0' } })
    await server.rpc.call('order.create', ['web', { A: 1 }, null, { unique_id: 'o', order_ref: 'PO' }])
    const packages = [{ tracking_number: '1Z' }, { package_id: 'own' }]
    await server.rpc.call('shipment.create', ['o', { shipment_id: 'a', packages }])
    await server.rpc.call('order.create', [null, { A: 1 }, null, { unique_id: 'theirs' }], 'demo-other')
    await server.rpc.call('shipment.create', ['theirs', { shipment_id: 'c' }], 'demo-other')
  })
  after(() => server.stop())

  const idsOf = async (filters: unknown, options: unknown = {}, user: 'demo' | 'packer' = 'demo') => {
    const found = await server.rpc.call('package.search', [filters, options], user)
    return found.map(({ package_id }: { package_id: string }) => package_id)
  }

  it('answers the merchant’s packages in order of their orders and creation, packers all', async () => {
    const demo = ['100000020-1', '100000020-2', '100000021-1', 'a-1', 'own']
    expect(await idsOf(null)).to.deep.equal(demo)
    expect(await idsOf([], { sort_field: 'order_id' })).to.deep.equal(demo)
    expect(await idsOf({}, {}, 'packer')).to.deep.equal([...demo, 'c-1'])
    expect(await idsOf({ package_id: 'c-1' })).to.deep.equal([])
  })

  it('answers the default fields, and others on top of them', async () => {
    const [plain] = await server.rpc.call('package.search', [{ package_id: 'a-1' }])
    expect(plain).to.deep.equal({
      package_id: 'a-1',
      shipment_id: 'a',
      order_unique_id: 'o',
      order_ref: 'PO',
    })
    const fields = ['*', 'items', 'tracking_numbers']
    const [all] = await server.rpc.call('package.search', [{ package_id: 'a-1' }, {}, fields])
    expect(all).to.deep.include({
      package_status: 'packing',
      warehouse_id: 1,
      packed_at: null,
      items: [],
      tracking_numbers: ['1Z'],
    })
    const info = await server.rpc.call('shipment.info', 'a')
    expect(all).to.deep.equal(info.packages[0])
  })

  it('filters and sorts by each field that is told without being heavy', async () => {
    const [pack] = await server.rpc.call('package.search', [{ package_id: 'own' }, null, '*'])
    for (const [field, value] of Object.entries(pack)) {
      const filter = value === null ? { null: 1 } : value
      expect(await idsOf({ [field]: filter }, { sort_field: field }), field).to.include('own')
    }
    expect(await idsOf({ shipment_id: 'a' }, { sort_field: 'package_id', sort_dir: 'desc' })).to.deep.equal([
      'own',
      'a-1',
    ])
  })

  it('takes shipped_at and delivered_at for null, as they are', async () => {
    for (const field of ['shipped_at', 'delivered_at']) {
      expect(await idsOf({ [field]: { null: true } }), field).to.have.length(5)
      expect(await idsOf({ [field]: { notnull: true } }), field).to.deep.equal([])
      expect(await idsOf({ [field]: { from: '2020-01-01' } }), field).to.deep.equal([])
      expect(await idsOf({ [field]: { neq: '2020-01-01' } }), field).to.have.length(5)
      const sorted = await idsOf({}, { sort_field: field, limit: 2, page: 2 })
      expect(sorted, field).to.deep.equal(['100000021-1', 'a-1'])
    }
  })

  it('is 101 for unknown fields and values of the wrong type', async () => {
    const refused: [unknown, unknown, string][] = [
      [{ status: 'packed' }, {}, 'status'],
      [{ order_id: 1 }, {}, 'order_id'],
      [{ delivered_at: 'never' }, {}, 'delivered_at'],
      [{ package_id: { in: [true] } }, {}, 'package_id.in'],
      [{}, { sort_field: 'items' }, 'sort_field'],
    ]
    for (const [filters, options, field] of refused) {
      const fault = await server.rpc.fault('package.search', [filters, options])
      expect(fault, field).to.include({ code: INVALID })
      expect(fault.data, field).to.include({ field })
    }
  })
})
