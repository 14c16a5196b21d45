import { listOf, shipmentAnswer } from '../../../../schemas/rpc-answers.ts'
import { describeSearch } from '../../../../schemas/search-arguments.ts'
import { type ShipmentSearchArgs, shipmentSearchArgs } from '../../../../schemas/shipment-search.ts'
import type { OrdersService } from '../../../orders/orders-service.ts'
import { SHIPMENT_SEARCH_FIELDS } from '../../../orders/search.ts'
import { readSearch } from '../../../orders/search-options.ts'
import { SHIPMENT_EXAMPLE } from '../method-examples.ts'
import { defineMethod, EVERY_ROLE, type ResourceMethod } from '../rpc-method.ts'
import { hasHeavyField, selectFields } from '../views/field-selection.ts'
import { SHIPMENT_FIELDS, shipmentDetailsView, shipmentView } from '../views/shipment-view.ts'

/** `shipment.search(filters, options, fields)` answers one page of shipments: contracts/rpc.md, section 10; fault 101. */
export const shipmentSearch = (orders: OrdersService): ResourceMethod =>
  defineMethod<ShipmentSearchArgs>({
    path: 'shipment.search',
    parameters: ['filters', 'options', 'fields'],
    required: [],
    roles: EVERY_ROLE,
    schema: shipmentSearchArgs,
    argumentSchemas: describeSearch(SHIPMENT_SEARCH_FIELDS),
    summary: 'Search shipments',
    example: { params: [{ order_unique_id: '100000309' }, { limit: 1 }], result: [SHIPMENT_EXAMPLE] },
    result: listOf(shipmentAnswer),
    async call({ fields, ...given }, caller) {
      const selected = selectFields(SHIPMENT_FIELDS, fields)
      const search = readSearch(SHIPMENT_SEARCH_FIELDS, given)
      if (!hasHeavyField(SHIPMENT_FIELDS, selected)) {
        const found = await orders.searchShipments(caller, search)
        return found.map((shipment) => shipmentView(shipment, selected))
      }
      const found = await orders.searchShipmentDetails(caller, search)
      return found.map((shipment) => shipmentDetailsView(shipment, selected))
    },
  })
