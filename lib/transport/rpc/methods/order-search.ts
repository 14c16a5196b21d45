import { type OrderSearchArgs, orderSearchArgs } from '../../../../schemas/order-search.ts'
import { listOf, orderAnswer } from '../../../../schemas/rpc-answers.ts'
import { describeSearch } from '../../../../schemas/search-arguments.ts'
import type { Caller } from '../../../access/caller.ts'
import type { OrdersService } from '../../../orders/orders-service.ts'
import { ORDER_SEARCH_FIELDS, type Search } from '../../../orders/search.ts'
import { readSearch } from '../../../orders/search-options.ts'
import { ORDER_EXAMPLE } from '../method-examples.ts'
import { defineMethod, EVERY_ROLE, type ResourceMethod } from '../rpc-method.ts'
import { hasHeavyField, selectFields } from '../views/field-selection.ts'
import { ORDER_FIELDS, orderDetailsView, orderView } from '../views/order-view.ts'

/**
 * `order.search(filters, options, fields)` answers `{results, totalCount, numPages}`, one page of orders and how many
 * there are on all pages: contracts/rpc.md, section 10; fault 101.
 */
export const orderSearch = (orders: OrdersService): ResourceMethod =>
  defineMethod<OrderSearchArgs>({
    path: 'order.search',
    parameters: ['filters', 'options', 'fields'],
    required: [],
    roles: EVERY_ROLE,
    schema: orderSearchArgs,
    argumentSchemas: describeSearch(ORDER_SEARCH_FIELDS),
    summary: 'Search orders',
    example: {
      params: [{ state: { in: ['new', 'processing'] } }, { limit: 20, sort_dir: 'desc' }],
      result: { results: [ORDER_EXAMPLE], totalCount: 1, numPages: 1 },
    },
    result: {
      type: 'object',
      required: ['results', 'totalCount', 'numPages'],
      properties: {
        results: listOf(orderAnswer),
        totalCount: { type: 'integer' },
        numPages: { type: 'integer' },
      },
    },
    async call({ fields, ...given }, caller) {
      const search = readSearch(ORDER_SEARCH_FIELDS, given)
      const selected = selectFields(ORDER_FIELDS, fields)
      const { results, totalCount } = await find(orders, { caller, search, selected })
      return {
        results,
        totalCount,
        numPages: Math.ceil(totalCount / search.limit),
      }
    },
  })

async function find(
  orders: OrdersService,
  { caller, search, selected }: { caller: Caller; search: Search; selected: ReadonlySet<string> },
) {
  if (hasHeavyField(ORDER_FIELDS, selected)) {
    const { orders: found, totalCount } = await orders.searchOrderDetails(caller, search)
    return { results: found.map((order) => orderDetailsView(order, selected)), totalCount }
  }
  const { orders: found, totalCount } = await orders.searchOrders(caller, search)
  return { results: found.map((order) => orderView(order, selected)), totalCount }
}
