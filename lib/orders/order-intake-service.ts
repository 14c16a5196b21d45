import type { Caller } from '../access/caller.ts'
import type { Db } from '../db/database.ts'
import { inTransaction } from '../db/transaction.ts'
import type { InstructionDraft } from '../instructions/instruction-draft.ts'
import type { InstructionsService } from '../instructions/instructions-service.ts'
import type { NewOrder, Order } from './order.ts'
import type { OrdersService } from './orders-service.ts'

export interface OrderDraft extends NewOrder {
  readonly instructions: readonly InstructionDraft[]
}

/** Apart from orders-service, since instructions need orders. */
export interface OrderIntakeService {
  /**
   * The order with its instructions, both or nothing, committed. Throws ConflictError('order', 'taken', …) and
   * InvalidError, about `instructions.<n>.<member>` too. Files are downloaded before anything is stored.
   */
  create(caller: Caller, draft: OrderDraft): Promise<Order>
}

export function createOrderIntakeService(options: {
  db: Db
  orders: Pick<OrdersService, 'assertInsertable' | 'insertOrder'>
  instructions: Pick<InstructionsService, 'prepare' | 'insertPrepared'>
}): OrderIntakeService {
  const { db, orders, instructions } = options
  return {
    async create(caller, { instructions: drafts, ...order }) {
      await orders.assertInsertable(db, caller, order)
      const prepared = await instructions.prepare(drafts)
      return inTransaction(db, async (trx) => {
        const inserted = await orders.insertOrder(trx, caller, order)
        await instructions.insertPrepared(trx, caller, inserted, prepared)
        return inserted
      })
    },
  }
}
