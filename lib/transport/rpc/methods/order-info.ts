import { type OrderInfoArgs, orderInfoArgs } from '../../../../schemas/order-info.ts'
import { orderAnswer } from '../../../../schemas/rpc-answers.ts'
import type { OrdersService } from '../../../orders/orders-service.ts'
import { ORDER_EXAMPLE } from '../method-examples.ts'
import { defineMethod, type ResourceMethod } from '../rpc-method.ts'
import { hasHeavyField, selectFields } from '../views/field-selection.ts'
import { ORDER_FIELDS, orderDetailsView, orderView } from '../views/order-view.ts'

/** `order.info(orderUniqueId, fields)` answers the order: contracts/rpc.md, section 10. */
export const orderInfo = (orders: OrdersService): ResourceMethod =>
  defineMethod<OrderInfoArgs>({
    path: 'order.info',
    parameters: ['orderUniqueId', 'fields'],
    required: ['orderUniqueId'],
    roles: ['merchant', 'packer', 'supervisor'],
    schema: orderInfoArgs,
    summary: 'Look up an order',
    example: { params: ['100000309'], result: ORDER_EXAMPLE },
    result: orderAnswer,
    async call({ orderUniqueId, fields }, caller) {
      const selected = selectFields(ORDER_FIELDS, fields)
      const uniqueId = String(orderUniqueId)
      return hasHeavyField(ORDER_FIELDS, selected)
        ? orderDetailsView(await orders.getOrderDetails(caller, uniqueId), selected)
        : orderView(await orders.getOrder(caller, uniqueId), selected)
    },
  })
