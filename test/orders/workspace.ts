import type { Knex } from 'knex'
import type { Caller } from '../../lib/access/caller.ts'
import type { NewOrder, NewShipment } from '../../lib/orders/order.ts'
import { createOrdersService, type OrdersService } from '../../lib/orders/orders-service.ts'
import { createEventsService } from '../../lib/webhooks/events-service.ts'
import { cloneDatabase } from '../helpers/database.ts'

export interface Workspace {
  readonly db: Knex
  readonly orders: OrdersService
  readonly demo: Caller
  readonly other: Caller
  readonly packer: Caller
  /** Types of the events of a resource, by rising sequence. */
  eventsOf(type: string, id: string): Promise<string[]>
  drop(): Promise<void>
}

/** A database with two merchants and one location, and the orders service on it. */
export async function openWorkspace(): Promise<Workspace> {
  const { db, drop } = await cloneDatabase()
  await db('merchants').insert([
    { merchant_id: 'mrch_demo', name: 'demo' },
    { merchant_id: 'mrch_other', name: 'demo-other' },
  ])
  await db('locations').insert({ location_id: 'loc_main', name: 'Main' })
  return {
    db,
    drop,
    orders: createOrdersService({ db, events: createEventsService() }),
    demo: caller('demo', 'mrch_demo'),
    other: caller('other', 'mrch_other'),
    packer: caller('packer', null),
    eventsOf(type, id) {
      const where = { resource_type: type, resource_id: id }
      return db('events').where(where).orderBy('sequence').pluck<string[]>('type')
    },
  }
}

function caller(name: string, merchantId: string | null): Caller {
  const role = merchantId === null ? 'packer' : 'merchant'
  return { kind: 'user', id: `usr_${name}`, name, role, scopes: [], merchantId, locationId: null }
}

export function newOrder(given: Partial<NewOrder> = {}): NewOrder {
  return {
    uniqueId: null,
    orderRef: null,
    isOrderRefUnique: false,
    storeCode: null,
    shippingMethod: null,
    priority: 50,
    note: null,
    customGreeting: null,
    requestedShipDate: null,
    customFields: null,
    shippingAddress: {},
    items: [{ sku: 'A', qty: '1.0000', orderItemRef: null }],
    ...given,
  }
}

export function newShipment(shipmentId: string | null, packageCount = 1): NewShipment {
  const packages = Array.from({ length: packageCount }, () => ({ packageId: null, trackingNumber: null }))
  return { shipmentId, warehouseId: null, packages }
}
