import { expect } from 'chai'
import type { Caller } from '../../lib/access/caller.ts'
import { inTransaction } from '../../lib/db/transaction.ts'
import type { NewOrder, Order } from '../../lib/orders/order.ts'
import { rejects } from './rejects.ts'
import { newOrder, newShipment, openWorkspace, type Workspace } from './workspace.ts'

describe('orders', () => {
  let workspace: Workspace
  before(async () => {
    workspace = await openWorkspace()
  })
  after(() => workspace.drop())

  const insert = (caller: Caller, given: Partial<NewOrder> = {}): Promise<Order> =>
    inTransaction(workspace.db, (trx) => workspace.orders.insertOrder(trx, caller, newOrder(given)))

  it('keep what they were given, and tell of their creation', async () => {
    const { orders, demo } = workspace
    const customFields = { b: 1, list: [{ deep: 'é' }] }
    const items = [
      { sku: '__proto__', qty: '2.0000', orderItemRef: 'one' },
      { sku: 'back\\slash, {"quoted"}', qty: '0.5000', orderItemRef: null },
    ]
    const order = await insert(demo, {
      uniqueId: 'kept',
      customFields,
      items,
      shippingAddress: { city: 'Köln' },
    })
    expect(order).to.deep.include({ uniqueId: 'kept', state: 'new', customFields, totalItemCount: '2.5000' })
    const details = await orders.getOrderDetails(demo, 'kept')
    expect(details).to.deep.equal({
      order,
      items,
      shippingAddress: { city: 'Köln' },
      canceledAt: null,
      contents: { shipments: [], packages: [] },
    })
    expect(await workspace.eventsOf('order', 'kept')).to.deep.equal(['order.created'])
  })

  it('exist for their merchant and for the floor alone', async () => {
    const { orders, demo, other, packer } = workspace
    const order = await insert(demo, { uniqueId: 'mine' })
    expect(await orders.getOrder(packer, 'mine')).to.deep.equal(order)
    await rejects(orders.getOrder(other, 'mine'), { code: 'not_found', subject: 'order' })
    await rejects(orders.createShipment(other, 'mine', newShipment(null)), {
      code: 'not_found',
      subject: 'order',
    })
  })

  it('are not found by text that cannot be stored', async () => {
    const { orders, demo } = workspace
    for (const id of ['a\0b', '\ud800', '', '9'.repeat(1_000)]) {
      await rejects(orders.getOrder(demo, id), { code: 'not_found', subject: 'order' })
      await rejects(orders.getShipment(demo, id), { code: 'not_found', subject: 'shipment' })
    }
  })

  it('cannot share a unique_id, whosever they are', async () => {
    const { demo, other } = workspace
    await insert(demo, { uniqueId: 'one' })
    await rejects(insert(other, { uniqueId: 'one' }), {
      code: 'conflict',
      reason: 'taken',
      field: 'unique_id',
    })
  })

  it('get a unique_id once of two callers at the same moment', async () => {
    const { demo, other } = workspace
    const both = await Promise.allSettled([
      insert(demo, { uniqueId: 'race' }),
      insert(other, { uniqueId: 'race' }),
    ])
    expect(both.map(({ status }) => status)).to.have.members(['fulfilled', 'rejected'])
  })

  it('get the next number that no order and no shipment has', async () => {
    const { demo, orders } = workspace
    const first = Number((await insert(demo)).uniqueId)
    await insert(demo, { uniqueId: String(first + 1) })
    await orders.createShipment(demo, String(first), newShipment(String(first + 2)))
    for (let ahead = 3; ahead <= 30; ahead += 1) await insert(demo, { uniqueId: String(first + ahead) })
    expect((await insert(demo)).uniqueId).to.equal(String(first + 31))
  })

  it('may share an order_ref unless it is to be unique for the merchant', async () => {
    const { demo, other } = workspace
    await insert(demo, { orderRef: 'PO 1' })
    await insert(demo, { orderRef: 'PO 1' })
    await insert(other, { orderRef: 'PO 1', isOrderRefUnique: true })
    await rejects(insert(demo, { orderRef: 'PO 1', isOrderRefUnique: true }), {
      code: 'conflict',
      reason: 'taken',
      field: 'order_ref',
    })
    await insert(demo, { isOrderRefUnique: true })
    await insert(demo, { isOrderRefUnique: true })
  })

  it('get a unique order_ref once of many calls at the same moment', async () => {
    const { demo } = workspace
    const calls = Array.from({ length: 8 }, () =>
      insert(demo, { orderRef: 'PO race', isOrderRefUnique: true }),
    )
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1)
  })
})
