import { expect } from 'chai'
import { inTransaction } from '../../lib/db/transaction.ts'
import type { NewPackage, Package } from '../../lib/orders/order.ts'
import { rejects } from './rejects.ts'
import { newOrder, newShipment, openWorkspace, type Workspace } from './workspace.ts'

describe('packages on the floor', () => {
  let workspace: Workspace
  before(async () => {
    workspace = await openWorkspace()
  })
  after(() => workspace.drop())

  async function anOrder(
    uniqueId: string,
    shipments: Record<string, number | readonly NewPackage[]>,
  ): Promise<void> {
    const { db, orders, demo } = workspace
    await inTransaction(db, (trx) => orders.insertOrder(trx, demo, newOrder({ uniqueId })))
    for (const [shipmentId, packages] of Object.entries(shipments)) {
      const draft = typeof packages === 'number' ? newShipment(shipmentId, packages) : newShipment(shipmentId)
      const given = typeof packages === 'number' ? {} : { packages }
      await orders.createShipment(demo, uniqueId, { ...draft, ...given })
    }
  }

  const get = (packageId: string) => workspace.orders.getPackage(workspace.db, packageId)

  async function pack(packageId: string): Promise<Package> {
    const { db, orders } = workspace
    const found = await get(packageId)
    return inTransaction(db, async (trx) => {
      await orders.lockOrder(trx, found.orderId)
      return orders.markPacked(trx, found)
    })
  }

  const scan = async (code: string) => (await workspace.orders.findPackageByCode(code))?.packageId

  it('are what their id, tracking number, shipment or order means, in that order', async () => {
    await anOrder('scan-order', { 'scan-s1': [{ packageId: 'scan-p', trackingNumber: 'scan-track' }] })
    expect(await scan('scan-p')).to.equal('scan-p')
    expect(await scan('scan-track')).to.equal('scan-p')
    expect(await scan('scan-s1')).to.equal('scan-p')
    expect(await scan('scan-order')).to.equal('scan-p')

    await anOrder('scan-track', { 'scan-s2': 1 })
    await anOrder('rank', { 'scan-order': [{ packageId: 'scan-s1', trackingNumber: null }] })
    expect(await scan('scan-track')).to.equal('scan-p')
    expect(await scan('scan-s1')).to.equal('scan-s1')
    expect(await scan('scan-order')).to.equal('scan-s1')
  })

  it('are nothing for a code that names nothing, whatever is in it', async () => {
    for (const code of ['', 'nobody', 'a\0', '\udc00', "'; --"]) expect(await scan(code)).to.equal(undefined)
    await rejects(get('a\0'), { code: 'not_found', subject: 'package' })
  })

  it('come up one after the other until all are packed, then the first again', async () => {
    await anOrder('walk', { 'walk-b': 2, 'walk-a': 1 })
    const seen: (string | undefined)[] = []
    for (const packageId of ['walk-b-1', 'walk-b-2', 'walk-a-1']) {
      seen.push(await scan('walk'))
      await pack(packageId)
    }
    expect(seen).to.deep.equal(['walk-b-1', 'walk-b-2', 'walk-a-1'])
    expect(await scan('walk')).to.equal('walk-b-1')
    expect(await scan('walk-a')).to.equal('walk-a-1')
  })

  it('open their shipment once', async () => {
    const { db, orders, demo } = workspace
    await anOrder('open', { 'open-s': 1 })
    const opened = await get('open-s-1')
    await orders.markOpened(db, opened)
    const { shipment } = await orders.getShipment(demo, 'open-s')
    expect(shipment.status).to.equal('packing')
    await orders.markOpened(db, opened)
    expect((await orders.getShipment(demo, 'open-s')).shipment).to.deep.equal(shipment)
  })

  it('close their shipment and their order with the last one, and tell of each once', async () => {
    const { orders, demo, eventsOf } = workspace
    await anOrder('close', { 'close-a': 2, 'close-b': 1 })
    const packed = await pack('close-a-1')
    expect(packed.status).to.equal('packed')
    expect(packed.packedAt).to.be.an.instanceOf(Date)
    expect((await orders.getShipment(demo, 'close-a')).shipment).to.include({ status: 'new', packedAt: null })

    await pack('close-a-2')
    expect((await orders.getShipment(demo, 'close-a')).shipment.status).to.equal('packed')
    expect((await orders.getOrder(demo, 'close')).state).to.equal('processing')

    await pack('close-b-1')
    expect((await orders.getOrder(demo, 'close')).state).to.equal('complete')
    expect(await eventsOf('package', 'close-a-2')).to.deep.equal(['package.packed'])
    expect(await eventsOf('shipment', 'close-a')).to.deep.equal(['shipment.packed'])
    expect(await eventsOf('order', 'close')).to.deep.equal(['order.created', 'order.completed'])
  })

  it('are packed once', async () => {
    await anOrder('once', { 'once-s': 2 })
    const both = await Promise.allSettled([pack('once-s-1'), pack('once-s-1')])
    expect(both.map(({ status }) => status)).to.have.members(['fulfilled', 'rejected'])
    await rejects(pack('once-s-1'), { code: 'conflict', subject: 'package', reason: 'already_packed' })
  })

  it('complete the order once of two last ones at the same moment', async () => {
    await anOrder('last', { 'last-a': 1, 'last-b': 1 })
    await Promise.all([pack('last-a-1'), pack('last-b-1')])
    expect(await workspace.eventsOf('order', 'last')).to.deep.equal(['order.created', 'order.completed'])
  })

  it('leave nothing open in an order that is complete, until it gets another shipment', async () => {
    const { db, orders, demo } = workspace
    await anOrder('reopened', { 'reopened-a': 1 })
    const assertOpen = async () => orders.assertOpen(await orders.getOrder(demo, 'reopened'))
    await assertOpen()
    await pack('reopened-a-1')
    await rejects(assertOpen(), { code: 'conflict', reason: 'already_packed', field: null })
    await orders.createShipment(demo, 'reopened', newShipment('reopened-b'))
    await assertOpen()
    expect((await orders.getOrder(demo, 'reopened')).state).to.equal('processing')
    await db('orders').where({ unique_id: 'reopened' }).update({ state: 'canceled' })
    await rejects(assertOpen(), { code: 'conflict', reason: 'canceled', field: null })
  })
})
