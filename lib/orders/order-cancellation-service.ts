import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import { ConflictError } from '../errors.ts'
import type { JobCancellationService } from '../print-jobs/job-cancellation-service.ts'
import type { EventsService } from '../webhooks/events-service.ts'
import type { Order } from './order.ts'
import { updateOrderState } from './order-store.ts'
import type { OrdersService } from './orders-service.ts'
import { hasPackedPackage } from './package-store.ts'
import { hasShipment, updateShipmentsCanceled } from './shipment-store.ts'

/** What is to be canceled of an order: contracts/rpc.md, section 10. */
export const CANCEL_SCOPES = [
  'backordered_items',
  'unfulfilled_items',
  'all_items',
  'cancellation_request',
] as const
export type CancelScope = (typeof CANCEL_SCOPES)[number]

export interface Cancellation {
  /** As it is then. */
  readonly order: Order
  /** Why nothing was changed; null when the order is canceled. */
  readonly obstacle: string | null
}

/** Apart from orders-service, since print jobs are canceled, too. */
export interface OrderCancellationService {
  /**
   * Cancels the order with its shipments and the queued print jobs of its instructions, committed, and records
   * order.canceled; or changes nothing and says why. Throws NotFoundError('order'), and ConflictError('order', 'canceled')
   * for one that is canceled already.
   */
  cancel(caller: Caller, uniqueId: string, scope: CancelScope): Promise<Cancellation>
}

export function createOrderCancellationService(options: {
  db: Db
  orders: Pick<OrdersService, 'getOrder' | 'lockOrder'>
  jobCancellation: JobCancellationService
  events: EventsService
}): OrderCancellationService {
  const { db, orders, jobCancellation, events } = options
  return {
    async cancel(caller, uniqueId, scope) {
      const { orderId } = await orders.getOrder(caller, uniqueId)
      return inTransaction(db, async (trx) => {
        const locked = await orders.lockOrder(trx, orderId)
        if (locked.state === 'canceled') throw alreadyCanceled()
        const obstacle = await findObstacle(trx, orderId, scope)
        if (obstacle !== null) return { order: locked, obstacle }
        const order = await updateOrderState(trx, orderId, 'canceled')
        await updateShipmentsCanceled(trx, orderId)
        await jobCancellation.cancelQueuedOfOrder(trx, orderId, caller)
        await events.record(trx, {
          type: 'order.canceled',
          resource: { type: 'order', id: order.uniqueId },
          locationId: null,
          merchantId: order.merchantId,
          data: { ...order },
        })
        return { order, obstacle }
      })
    },
  }
}

/** Items aren't kept by shipment, so an order is canceled as a whole or not at all. */
async function findObstacle(trx: Db, orderId: number, scope: CancelScope): Promise<string | null> {
  switch (scope) {
    case 'all_items':
      return (await hasPackedPackage(trx, orderId)) ? 'A package of the order is already packed.' : null
    case 'unfulfilled_items':
      return (await hasShipment(trx, orderId)) ? 'The order has a shipment: all its items are in it.' : null
    case 'backordered_items':
      return 'No item is on backorder: stock is not kept here.'
    case 'cancellation_request':
      return 'Nobody here answers requests: cancel all_items instead.'
  }
}

function alreadyCanceled(): ConflictError {
  return new ConflictError('order', 'canceled', 'the order is already canceled', { field: null })
}
