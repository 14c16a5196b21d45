import { expect } from 'chai'
import { startServer, type TestServer } from '../helpers/server.ts'

const NO_ADDRESS = {
  street1: null,
  street2: null,
  city: null,
  country: null,
  region: null,
  postcode: null,
}

describe('warehouse.list', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
    await server.db('locations').insert({ location_id: 'loc_second', name: 'Second' })
  })
  after(() => server.stop())

  it('answers one per location by rising id, with an address of nulls, to every role', async () => {
    for (const user of ['demo', 'demo-other', 'packer'] as const) {
      const warehouses = await server.rpc.call('warehouse.list', [], user)
      expect(warehouses).to.deep.equal([
        { warehouse_id: 1, name: 'Demo warehouse', is_active: 1, address: NO_ADDRESS },
        { warehouse_id: 2, name: 'Second', is_active: 1, address: NO_ADDRESS },
      ])
    }
  })

  it('answers more than a thousand', async () => {
    await server.db.raw(
      `insert into locations (location_id, name) select 'loc_' || n, 'Many ' || n from generate_series(1, 1200) as n`,
    )
    const warehouses = await server.rpc.call('warehouse.list')
    expect(warehouses).to.have.length(1_202)
    expect(warehouses.at(-1)).to.include({ name: 'Many 1200' })
    await server.db('locations').whereLike('name', 'Many %').delete()
  })

  it('names the warehouses that shipments can be created in', async () => {
    const shipment = await server.rpc.call('shipment.create', ['100000309', { warehouse_id: 2 }])
    expect(shipment).to.include({ warehouse_id: 2 })
  })
})
