import { expect } from 'chai'
import { startServer, type TestServer } from '../helpers/server.ts'

describe('shipment.info', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())

  it('answers the shipment with its packages, in their order', async () => {
    const shipment = await server.rpc.call('shipment.info', ['100000020'])
    expect(shipment).to.include({ shipment_id: '100000020', order_unique_id: '100000309', status: 'new' })
    const ids = shipment.packages.map(({ package_id }: { package_id: string }) => package_id)
    expect(ids).to.deep.equal(['100000020-1', '100000020-2'])
  })

  it('takes an integer for an id, and answers packers about every merchant’s shipments', async () => {
    const shipment = await server.rpc.call('shipment.info', 100000021, 'packer')
    expect(shipment).to.include({ shipment_id: '100000021' })
  })

  it('is 100 for whatever names no shipment of this merchant', async () => {
    for (const id of ['', 'abc', '100000309', '100000020-1', -1, 1.5, '9'.repeat(30), 'a\0', '\udfff']) {
      expect(await server.rpc.fault('shipment.info', [id]), String(id)).to.include({ code: -32100 })
    }
    expect(await server.rpc.fault('shipment.info', ['100000020'], 'demo-other')).to.include({ code: -32100 })
  })

  it('is fault 6 without an id', async () => {
    expect(await server.rpc.fault('shipment.info', [])).to.include({ code: -32006 })
  })
})
