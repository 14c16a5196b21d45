import { expect } from 'chai'
import { inTransaction } from '../../lib/db/transaction.ts'
import type { NewPackage } from '../../lib/orders/order.ts'
import { rejects } from './rejects.ts'
import { newOrder, newShipment, openWorkspace, type Workspace } from './workspace.ts'

const pack = (packageId: string | null, trackingNumber: string | null = null): NewPackage => ({
  packageId,
  trackingNumber,
})

describe('shipments', () => {
  let workspace: Workspace
  before(async () => {
    workspace = await openWorkspace()
  })
  after(() => workspace.drop())

  async function anOrder(uniqueId: string): Promise<string> {
    const { db, orders, demo } = workspace
    await inTransaction(db, (trx) => orders.insertOrder(trx, demo, newOrder({ uniqueId })))
    return uniqueId
  }

  it('make a new order one in processing', async () => {
    const { orders, demo } = workspace
    const { shipment, packages } = await orders.createShipment(
      demo,
      await anOrder('o1'),
      newShipment('s1', 2),
    )
    expect(shipment).to.include({ shipmentId: 's1', status: 'new', locationId: 'loc_main', warehouseId: 1 })
    expect(packages.map(({ packageId, status }) => [packageId, status])).to.deep.equal([
      ['s1-1', 'packing'],
      ['s1-2', 'packing'],
    ])
    expect((await orders.getOrder(demo, 'o1')).state).to.equal('processing')
  })

  it('keep the ids and tracking numbers of their packages', async () => {
    const { orders, demo } = workspace
    const packages = [pack('own'), pack(null, '1Z 999')]
    const order = await anOrder('o2')
    const made = await orders.createShipment(demo, order, { shipmentId: 's2', warehouseId: 1, packages })
    expect(made.packages.map(({ packageId, trackingNumber }) => [packageId, trackingNumber])).to.deep.equal([
      ['own', null],
      ['s2-2', '1Z 999'],
    ])
    expect(await orders.getShipment(demo, 's2')).to.deep.equal(made)
  })

  it('get the next number whose packages are free, too', async () => {
    const { orders, demo } = workspace
    const order = await anOrder('o3')
    const first = Number((await orders.createShipment(demo, order, newShipment(null))).shipment.shipmentId)
    await orders.createShipment(demo, order, newShipment(String(first + 1)))
    const squatter = { shipmentId: 's3', warehouseId: null, packages: [pack(`${first + 2}-2`)] }
    await orders.createShipment(demo, order, squatter)
    await anOrder(String(first + 3))
    const { shipment } = await orders.createShipment(demo, order, newShipment(null, 2))
    expect(shipment.shipmentId).to.equal(String(first + 4))
  })

  it('leave nothing behind when an id is taken', async () => {
    const { orders, demo } = workspace
    const order = await anOrder('o4')
    await orders.createShipment(demo, order, newShipment('s4'))
    await rejects(orders.createShipment(demo, order, newShipment('s4')), {
      code: 'conflict',
      field: 'shipment_id',
    })
    const clash = { shipmentId: 's4b', warehouseId: null, packages: [pack(null), pack('s4-1')] }
    await rejects(orders.createShipment(demo, await anOrder('o4b'), clash), {
      code: 'conflict',
      field: 'packages.1.package_id',
    })
    await rejects(orders.getShipment(demo, 's4b'), { code: 'not_found', subject: 'shipment' })
    expect((await orders.getOrder(demo, 'o4b')).state).to.equal('new')
  })

  it('are made one after the other for one order, whoever asks at the same moment', async () => {
    const { orders, demo } = workspace
    const order = await anOrder('o5')
    const calls = Array.from({ length: 6 }, () => orders.createShipment(demo, order, newShipment(null, 2)))
    const ids = (await Promise.all(calls)).map(({ shipment }) => shipment.shipmentId)
    expect(new Set(ids)).to.have.property('size', 6)
    const { orderId } = await orders.getOrder(demo, order)
    expect((await orders.contents(workspace.db, orderId)).packages).to.have.length(12)
  })

  it('need a warehouse that there is', async () => {
    const { orders, demo } = workspace
    const elsewhere = { ...newShipment('s6'), warehouseId: 2 }
    await rejects(orders.createShipment(demo, await anOrder('o6'), elsewhere), {
      code: 'invalid',
      field: 'warehouse_id',
    })
  })

  it('are refused for a canceled order', async () => {
    const { db, orders, demo } = workspace
    await anOrder('o7')
    await db('orders').where({ unique_id: 'o7' }).update({ state: 'canceled' })
    await rejects(orders.createShipment(demo, 'o7', newShipment('s7')), {
      code: 'conflict',
      reason: 'canceled',
    })
  })

  it('have at most 2,000 packages an order', async () => {
    const { orders, demo } = workspace
    const order = await anOrder('o8')
    await orders.createShipment(demo, order, newShipment(null, 2_000))
    await rejects(orders.createShipment(demo, order, newShipment(null)), {
      code: 'invalid',
      field: 'packages',
    })
  })
})
