import { expect } from 'chai'
import { inTransaction } from '../../lib/db/transaction.ts'
import { ORDER_SEARCH_FIELDS, SHIPMENT_SEARCH_FIELDS } from '../../lib/orders/search.ts'
import { readSearch } from '../../lib/orders/search-options.ts'
import { eventually } from '../helpers/eventually.ts'
import { newOrder, newShipment, openWorkspace, type Workspace } from './workspace.ts'

describe('details of what was found', () => {
  let workspace: Workspace
  before(async () => {
    workspace = await openWorkspace()
    const { db, orders, demo } = workspace
    for (const uniqueId of ['a', 'b', 'c']) {
      const shippingAddress = { city: uniqueId }
      await inTransaction(db, (trx) => orders.insertOrder(trx, demo, newOrder({ uniqueId, shippingAddress })))
      await orders.createShipment(demo, uniqueId, newShipment(`${uniqueId}1`, 2))
      await orders.createShipment(demo, uniqueId, newShipment(`${uniqueId}2`))
    }
  })
  after(() => workspace.drop())

  const countStatements = async (work: () => Promise<unknown>): Promise<number> => {
    let count = 0
    const onQuery = () => {
      count += 1
    }
    workspace.db.on('query', onQuery)
    await work()
    workspace.db.removeListener('query', onQuery)
    return count
  }

  const search = (options: Record<string, unknown> = {}) => readSearch(ORDER_SEARCH_FIELDS, { options })
  const shipmentSearch = (options: Record<string, unknown> = {}) =>
    readSearch(SHIPMENT_SEARCH_FIELDS, { options })

  it('are read in as many statements for a page of orders as for one, and are those of each', async () => {
    const { orders, demo } = workspace
    const one = await countStatements(() => orders.searchOrderDetails(demo, search({ limit: 1 })))
    expect(await countStatements(() => orders.searchOrderDetails(demo, search()))).to.equal(one)
    const { orders: found, totalCount } = await orders.searchOrderDetails(demo, search())
    expect(totalCount).to.equal(3)
    const single = await Promise.all(found.map(({ order }) => orders.getOrderDetails(demo, order.uniqueId)))
    expect(found[0]?.items.map(({ sku, qty }) => ({ sku, qty }))).to.deep.equal([{ sku: 'A', qty: '1.0000' }])
    expect(found.map(({ contents }) => contents)).to.deep.equal(single.map(({ contents }) => contents))
    expect(found.map(({ shippingAddress }) => shippingAddress.city)).to.deep.equal(['a', 'b', 'c'])
  })

  it('are read in as many statements for a page of shipments as for one, and are those of each', async () => {
    const { orders, demo } = workspace
    const one = await countStatements(() => orders.searchShipmentDetails(demo, shipmentSearch({ limit: 1 })))
    expect(await countStatements(() => orders.searchShipmentDetails(demo, shipmentSearch()))).to.equal(one)
    const found = await orders.searchShipmentDetails(demo, shipmentSearch())
    const single = await Promise.all(
      found.map(({ shipment }) => orders.getShipment(demo, shipment.shipmentId)),
    )
    expect(found).to.have.length(6)
    expect(found).to.deep.equal(single)
  })

  it('are none for a page of nothing', async () => {
    const { orders, demo } = workspace
    expect((await orders.searchOrderDetails(demo, search({ page: 9 }))).orders).to.deep.equal([])
    expect(await orders.searchShipmentDetails(demo, shipmentSearch({ page: 9 }))).to.deep.equal([])
  })

  it('are of one moment with the orders, however long they take', async () => {
    const { db, orders, demo } = workspace
    const change = await db.transaction()
    await change.raw('lock table order_items in access exclusive mode')
    const reads = [orders.searchOrderDetails(demo, search()), orders.getOrderDetails(demo, 'a')] as const
    await eventually('both have read the orders and wait for their items', async () => {
      const waiting = await db('pg_locks').where({
        granted: false,
        relation: db.raw(`'order_items'::regclass`),
      })
      return waiting.length === 2 || undefined
    })
    await change('shipments').update({ status: 'packing' })
    await change.commit()
    const [{ orders: found }, details] = await Promise.all(reads)
    const statuses = [...found, details].flatMap(({ contents }) =>
      contents.shipments.map(({ status }) => status),
    )
    expect(new Set(statuses)).to.deep.equal(new Set(['new']))
    expect((await orders.getOrderDetails(demo, 'a')).contents.shipments[0]?.status).to.equal('packing')
  })
})
