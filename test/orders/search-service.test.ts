import { expect } from 'chai'
import { inTransaction } from '../../lib/db/transaction.ts'
import { ORDER_SEARCH_FIELDS, SHIPMENT_SEARCH_FIELDS } from '../../lib/orders/search.ts'
import { readSearch } from '../../lib/orders/search-options.ts'
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

  it('are read in as many statements for a page of orders as for one, and are those of each', async () => {
    const { orders, demo } = workspace
    const found = (await orders.searchOrders(demo, readSearch(ORDER_SEARCH_FIELDS, {}))).orders
    const one = await countStatements(() => orders.detailOrders(found.slice(0, 1)))
    expect(await countStatements(() => orders.detailOrders(found))).to.equal(one)
    const single = await Promise.all(found.map(({ uniqueId }) => orders.getOrderDetails(demo, uniqueId)))
    const [first, ...rest] = await orders.detailOrders(found)
    expect(first?.items.map(({ sku, qty }) => ({ sku, qty }))).to.deep.equal([{ sku: 'A', qty: '1.0000' }])
    expect([first, ...rest].map((details) => details?.contents)).to.deep.equal(
      single.map(({ contents }) => contents),
    )
    expect([first, ...rest].map((details) => details?.shippingAddress.city)).to.deep.equal(['a', 'b', 'c'])
  })

  it('are read in as many statements for a page of shipments as for one, and are those of each', async () => {
    const { orders, demo } = workspace
    const found = await orders.searchShipments(demo, readSearch(SHIPMENT_SEARCH_FIELDS, {}))
    const one = await countStatements(() => orders.detailShipments(found.slice(0, 1)))
    expect(await countStatements(() => orders.detailShipments(found))).to.equal(one)
    const single = await Promise.all(found.map(({ shipmentId }) => orders.getShipment(demo, shipmentId)))
    expect(await orders.detailShipments(found)).to.deep.equal(single)
  })

  it('are none for a page of nothing', async () => {
    expect(await workspace.orders.detailOrders([])).to.deep.equal([])
    expect(await workspace.orders.detailShipments([])).to.deep.equal([])
  })
})
