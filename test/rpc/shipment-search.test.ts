import { expect } from 'chai'
import { startServer, type TestServer } from '../helpers/server.ts'

const INVALID = -32101

describe('shipment.search', () => {
  let server: TestServer
  before(async () => {
    server = await startServer({ env: { RPC_RATE_LIMIT: '0' } })
    await server.db('locations').insert({ location_id: 'loc_second', name: 'Second' })
    const info = { unique_id: 'o', order_ref: 'PO' }
    await server.rpc.call('order.create', ['web', { A: 1 }, { city: 'Köln' }, info])
    const options = { shipment_id: 'a', packages: [{ tracking_number: '1Z' }, {}], warehouse_id: 2 }
    await server.rpc.call('shipment.create', ['o', options])
    await server.rpc.call('shipment.create', ['o', { shipment_id: 'b' }])
    const theirs = { unique_id: 'theirs' }
    await server.rpc.call('order.create', [null, { A: 1 }, null, theirs], 'demo-other')
    await server.rpc.call('shipment.create', ['theirs', { shipment_id: 'c' }], 'demo-other')
  })
  after(() => server.stop())

  const idsOf = async (filters: unknown, options: unknown = {}, user: 'demo' | 'packer' = 'demo') => {
    const found = await server.rpc.call('shipment.search', [filters, options], user)
    return found.map(({ shipment_id }: { shipment_id: string }) => shipment_id)
  }

  it('answers the merchant’s shipments in order of their orders and creation, packers all', async () => {
    expect(await idsOf(null)).to.deep.equal(['100000020', '100000021', 'a', 'b'])
    expect(await idsOf([], [], 'packer')).to.deep.equal(['100000020', '100000021', 'a', 'b', 'c'])
    expect(await idsOf({ shipment_id: 'c' })).to.deep.equal([])
  })

  it('answers the default fields, all but the heavy ones for "*", and heavy ones as shipment.info does', async () => {
    const [plain] = await server.rpc.call('shipment.search', [{ shipment_id: 'a' }])
    expect(plain).to.deep.equal({ shipment_id: 'a', order_unique_id: 'o', order_ref: 'PO' })
    const [starred] = await server.rpc.call('shipment.search', [{ shipment_id: 'a' }, null, '*'])
    expect(Object.keys(starred)).to.deep.equal([
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
    ])
    const heavy = ['*', 'shipping_address', 'items', 'packages', 'tracking_numbers', 'serial_number_data']
    const found = await server.rpc.call('shipment.search', [{}, null, heavy])
    for (const shipment of found) {
      expect(shipment).to.deep.equal(await server.rpc.call('shipment.info', shipment.shipment_id))
    }
  })

  it('filters and sorts by each field that is told without being heavy', async () => {
    const [shipment] = await server.rpc.call('shipment.search', [{ shipment_id: 'a' }, null, '*'])
    for (const [field, value] of Object.entries(shipment)) {
      const filter = value === null ? { null: 1 } : value
      expect(await idsOf({ [field]: filter }, { sort_field: field }), field).to.include('a')
      if (value === null) continue
      const others = await idsOf({ [field]: { neq: value } }, { sort_field: field, sort_dir: 'desc' })
      expect(others, field).to.not.include('a')
    }
    expect(await idsOf({}, { sort_field: 'warehouse_id', sort_dir: 'desc' })).to.deep.equal([
      'a',
      'b',
      '100000021',
      '100000020',
    ])
  })

  it('answers pages', async () => {
    expect(await idsOf({}, { limit: '3', page: '2' })).to.deep.equal(['b'])
    expect(await idsOf({}, { limit: 3, page: 3 })).to.deep.equal([])
  })

  it('is 101 for unknown fields and values of the wrong type', async () => {
    const refused: [unknown, unknown, string][] = [
      [{ tracking_numbers: 'x' }, {}, 'tracking_numbers'],
      [{ unique_id: 'o' }, {}, 'unique_id'],
      [{ warehouse_id: 'main' }, {}, 'warehouse_id'],
      [{ packed_at: { to: 1 } }, {}, 'packed_at.to'],
      [{}, { sort_field: 'state' }, 'sort_field'],
    ]
    for (const [filters, options, field] of refused) {
      const fault = await server.rpc.fault('shipment.search', [filters, options])
      expect(fault, field).to.include({ code: INVALID })
      expect(fault.data, field).to.include({ field })
    }
  })
})
