import { expect } from 'chai'
import fc from 'fast-check'
import type { Caller } from '../../lib/access/caller.ts'
import type { Db } from '../../lib/db/database.ts'
import { createOrdersService, type OrdersService } from '../../lib/orders/orders-service.ts'
import {
  ORDER_SEARCH_FIELDS,
  PACKAGE_SEARCH_FIELDS,
  type SearchFields,
  SHIPMENT_SEARCH_FIELDS,
} from '../../lib/orders/search.ts'
import { readSearch } from '../../lib/orders/search-options.ts'
import { createEventsService } from '../../lib/webhooks/events-service.ts'
import { searches, text, time } from './search-arbitraries.ts'
import { type ModelSearch, type ModelThing, searchModel } from './search-model.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

const packageDraft = fc.record({
  status: fc.constantFrom('packing', 'packed'),
  created_at: time,
  updated_at: time,
  packed_at: fc.option(time),
})
const shipmentDraft = fc.record({
  status: fc.constantFrom('new', 'packing', 'packed', 'canceled'),
  warehouse: fc.constantFrom(1, 2),
  created_at: time,
  updated_at: time,
  packed_at: fc.option(time),
  packages: fc.array(packageDraft, { maxLength: 2 }),
})
const orderDraft = fc.record({
  merchant_id: fc.constantFrom('mrch_demo', 'mrch_other'),
  unique_id: text,
  order_ref: fc.option(text),
  state: fc.constantFrom('new', 'processing', 'complete', 'canceled'),
  store_code: fc.option(text),
  shipping_method: fc.option(text),
  priority: fc.constantFrom(0, 9, 10, 50),
  requested_ship_at: fc.option(time),
  created_at: time,
  updated_at: time,
  shipments: fc.array(shipmentDraft, { maxLength: 2 }),
})
type OrderDraft = typeof orderDraft extends fc.Arbitrary<infer Draft> ? Draft : never
const orderDrafts = fc.uniqueArray(orderDraft, { selector: (order) => order.unique_id, maxLength: 12 })

interface World {
  readonly orders: readonly ModelThing[]
  readonly shipments: readonly ModelThing[]
  readonly packages: readonly ModelThing[]
}

/** Sorted by the moment, though told in seconds. */
const iso = (at: Date | null) => at && at.toISOString()

describe('a search of random things', () => {
  let workspace: Workspace
  before(async () => {
    workspace = await openWorkspace()
    await workspace.db('locations').insert({ location_id: 'loc_second', name: 'Second' })
  })
  after(() => workspace.drop())

  const check = (
    fields: SearchFields,
    find: (search: ModelSearch, caller: Caller, world: World & { service: OrdersService }) => Promise<Found>,
  ) =>
    fc.assert(
      fc.asyncProperty(
        orderDrafts,
        fc.array(searches(fields), { minLength: 20, maxLength: 20 }),
        async (drafts, given) => {
          const trx = await workspace.db.transaction()
          try {
            const world = await insertWorld(trx, drafts)
            const orders = createOrdersService({ db: trx, events: createEventsService() })
            for (const search of given) {
              for (const caller of [workspace.demo, workspace.packer]) {
                const { things, ...found } = await find(search, caller, { ...world, service: orders })
                expect(found, JSON.stringify(search)).to.deep.equal(
                  expected(things, { fields, search, caller, isCounted: found.totalCount !== null }),
                )
              }
            }
          } finally {
            await trx.rollback()
          }
        },
      ),
      { numRuns: 30, endOnFailure: true },
    )

  const expected = (
    things: readonly ModelThing[],
    of: { fields: SearchFields; search: ModelSearch; caller: Caller; isCounted: boolean },
  ) => {
    const isSeen = ({ merchantId }: ModelThing) =>
      of.caller.merchantId === null || merchantId === of.caller.merchantId
    const { ids, totalCount } = searchModel(things.filter(isSeen), of.fields, of.search)
    return { ids, totalCount: of.isCounted ? totalCount : null }
  }

  it('finds the same orders as looking at each of them, in the same order, and counts them', () =>
    check(ORDER_SEARCH_FIELDS, async (search, caller, world) => {
      const read = readSearch(ORDER_SEARCH_FIELDS, search)
      const { orders, totalCount } = await world.service.searchOrders(caller, read)
      return { ids: orders.map(({ uniqueId }) => uniqueId), totalCount, things: world.orders }
    }))

  it('finds the same shipments', () =>
    check(SHIPMENT_SEARCH_FIELDS, async (search, caller, world) => {
      const read = readSearch(SHIPMENT_SEARCH_FIELDS, search)
      const found = await world.service.searchShipments(caller, read)
      return {
        ids: found.map(({ shipmentId }) => shipmentId),
        totalCount: null,
        things: world.shipments,
      }
    }))

  it('finds the same packages', () =>
    check(PACKAGE_SEARCH_FIELDS, async (search, caller, world) => {
      const read = readSearch(PACKAGE_SEARCH_FIELDS, search)
      const found = await world.service.searchPackages(caller, read)
      return { ids: found.map(({ packageId }) => packageId), totalCount: null, things: world.packages }
    }))
})

interface Found {
  readonly ids: readonly string[]
  /** Null where the answer has none. */
  readonly totalCount: number | null
  readonly things: readonly ModelThing[]
}

/** Second shipments are created after all first ones, so that neither order is the other. */
async function insertWorld(trx: Db, drafts: readonly OrderDraft[]): Promise<World> {
  await trx.raw(`select setval('orders_order_id_seq', 1, false)`)
  const orders = drafts.map(({ shipments: _shipments, ...columns }) => columns)
  if (orders.length > 0) {
    await trx('orders').insert(
      orders.map((order) => ({ ...order, total_item_count: 1, created_by: 'usr_demo' })),
    )
  }
  const world = {
    orders: orders.map(modelOrder),
    shipments: [] as ModelThing[],
    packages: [] as ModelThing[],
  }
  for (const round of [0, 1]) {
    for (const [index, order] of drafts.entries()) {
      const shipment = order.shipments[round]
      if (shipment) await insertShipment(trx, world, { order, orderId: index + 1, shipment, round })
    }
  }
  return world
}

function modelOrder(
  { merchant_id: merchantId, requested_ship_at, ...fields }: Omit<OrderDraft, 'shipments'>,
  index: number,
): ModelThing {
  const { created_at, updated_at } = fields
  const orderId = index + 1
  return {
    id: fields.unique_id,
    merchantId,
    fields: {
      ...fields,
      order_id: orderId,
      status: fields.state,
      requested_ship_date: iso(requested_ship_at),
      created_at: iso(created_at),
      updated_at: iso(updated_at),
    },
    ties: () => [orderId],
  }
}

async function insertShipment(
  trx: Db,
  world: { readonly shipments: ModelThing[]; readonly packages: ModelThing[] },
  given: { order: OrderDraft; orderId: number; shipment: OrderDraft['shipments'][number]; round: number },
): Promise<void> {
  const { order, orderId, shipment } = given
  const { packages, warehouse, ...columns } = shipment
  const shipmentId = `${order.unique_id}/${given.round}`
  const location_id = warehouse === 1 ? 'loc_main' : 'loc_second'
  const keys = { shipment_id: shipmentId, order_id: orderId, warehouse_id: warehouse }
  await trx('shipments').insert({ ...columns, ...keys, location_id })
  const { unique_id: order_unique_id, order_ref, store_code, merchant_id: merchantId } = order
  const common = { ...keys, order_unique_id, order_ref }
  const position = world.shipments.length
  world.shipments.push({
    id: shipmentId,
    merchantId,
    fields: { ...common, store_code, status: columns.status, shipment_type: 'parcel', ...isoTimes(columns) },
    ties: () => [orderId, position],
  })
  for (const [index, pack] of packages.entries()) {
    const id = `${shipmentId}/${index}`
    await trx('packages').insert({ ...pack, package_id: id, shipment_id: shipmentId, position: index + 1 })
    const number = world.packages.length
    world.packages.push({
      id,
      merchantId,
      fields: { ...common, package_id: id, package_status: pack.status, ...isoTimes(pack) },
      ties: (sortField) => (TIED_BY_ORDER.has(sortField) ? [orderId, number] : [number]),
    })
  }
}

/** What packages have of their order or not at all is sorted by order among equals, the rest by creation alone. */
const TIED_BY_ORDER = new Set(['order_id', 'order_ref', 'warehouse_id', 'shipped_at', 'delivered_at'])

function isoTimes(given: { created_at: Date; updated_at: Date; packed_at: Date | null }) {
  const { created_at, updated_at, packed_at } = given
  return { created_at: iso(created_at), updated_at: iso(updated_at), packed_at: iso(packed_at) }
}
