import { shipmentAnswer } from '../../../../schemas/rpc-answers.ts'
import { type ShipmentInfoArgs, shipmentInfoArgs } from '../../../../schemas/shipment-info.ts'
import type { OrdersService } from '../../../orders/orders-service.ts'
import { SHIPMENT_DETAILS_EXAMPLE } from '../method-examples.ts'
import { defineMethod, type ResourceMethod } from '../rpc-method.ts'
import { shipmentDetailsView } from '../views/shipment-view.ts'

/** `shipment.info(shipmentId)` answers the shipment with every field: contracts/rpc.md, section 10. */
export const shipmentInfo = (orders: OrdersService): ResourceMethod =>
  defineMethod<ShipmentInfoArgs>({
    path: 'shipment.info',
    parameters: ['shipmentId'],
    required: ['shipmentId'],
    roles: ['merchant', 'packer', 'supervisor'],
    schema: shipmentInfoArgs,
    summary: 'Look up a shipment',
    example: { params: ['100000020'], result: SHIPMENT_DETAILS_EXAMPLE },
    result: shipmentAnswer,
    async call({ shipmentId }, caller) {
      return shipmentDetailsView(await orders.getShipment(caller, String(shipmentId)))
    },
  })
