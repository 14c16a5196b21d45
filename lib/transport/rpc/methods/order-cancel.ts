import { type OrderCancelArgs, orderCancelArgs } from '../../../../schemas/order-cancel.ts'
import { listOf, orderAnswer } from '../../../../schemas/rpc-answers.ts'
import { InvalidError } from '../../../errors.ts'
import {
  CANCEL_SCOPES,
  type CancelScope,
  type OrderCancellationService,
} from '../../../orders/order-cancellation-service.ts'
import type { OrdersService } from '../../../orders/orders-service.ts'
import { ORDER_EXAMPLE } from '../method-examples.ts'
import { defineMethod, MERCHANT_ROLES, type ResourceMethod } from '../rpc-method.ts'
import { hasHeavyField, selectFields } from '../views/field-selection.ts'
import { ORDER_FIELDS, orderDetailsView, orderView } from '../views/order-view.ts'

/**
 * `order.cancel(orderUniqueId, options, fields)` answers `{success, warnings, order}`; without success a warning says
 * why, and nothing has changed: contracts/rpc.md, section 10; faults 100, 102, 103. Absent options are 102.
 */
export const orderCancel = (cancellation: OrderCancellationService, orders: OrdersService): ResourceMethod =>
  defineMethod<OrderCancelArgs>({
    path: 'order.cancel',
    parameters: ['orderUniqueId', 'options', 'fields'],
    required: ['orderUniqueId'],
    roles: MERCHANT_ROLES,
    schema: orderCancelArgs,
    summary: 'Cancel an order',
    example: {
      params: ['100000309', { all_items: true }],
      result: { success: true, warnings: [], order: ORDER_EXAMPLE },
    },
    result: {
      type: 'object',
      required: ['success', 'warnings', 'order'],
      properties: {
        success: { type: 'boolean' },
        warnings: listOf({ type: 'string' }),
        order: orderAnswer,
      },
    },
    async call({ orderUniqueId, options, fields }, caller) {
      const selected = selectFields(ORDER_FIELDS, fields)
      const { order, obstacle } = await cancellation.cancel(caller, String(orderUniqueId), readScope(options))
      return {
        success: obstacle === null,
        warnings: obstacle === null ? [] : [obstacle],
        order: hasHeavyField(ORDER_FIELDS, selected)
          ? orderDetailsView(await orders.getOrderDetails(caller, order.uniqueId), selected)
          : orderView(order, selected),
      }
    },
  })

function readScope(options: OrderCancelArgs['options']): CancelScope {
  const [scope, ...more] = CANCEL_SCOPES.filter((name) => options[name] === true)
  if (scope !== undefined && more.length === 0) return scope
  const reason = scope === undefined ? 'required' : 'conflict'
  throw new InvalidError('options', reason, `options must hold one of ${CANCEL_SCOPES.join(', ')} as true`)
}
