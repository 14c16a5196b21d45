import { shipmentAnswer } from '../../../../schemas/rpc-answers.ts'
import { type ShipmentCreateArgs, shipmentCreateArgs } from '../../../../schemas/shipment-create.ts'
import type { NewPackage, NewShipment } from '../../../orders/order.ts'
import type { OrdersService } from '../../../orders/orders-service.ts'
import { SHIPMENT_DETAILS_EXAMPLE } from '../method-examples.ts'
import { defineMethod, type ResourceMethod } from '../rpc-method.ts'
import { shipmentDetailsView } from '../views/shipment-view.ts'

type Options = NonNullable<ShipmentCreateArgs['options']>

/** `shipment.create(orderUniqueId, options)` answers the shipment with every field: contracts/rpc.md, section 10. */
export const shipmentCreate = (orders: OrdersService): ResourceMethod =>
  defineMethod<ShipmentCreateArgs>({
    path: 'shipment.create',
    parameters: ['orderUniqueId', 'options'],
    required: ['orderUniqueId'],
    roles: ['merchant'],
    schema: shipmentCreateArgs,
    summary: 'Add a shipment with its packages to an order',
    example: {
      params: ['100000309', { packages: [{ tracking_number: '1Z999AA10123456784' }] }],
      result: SHIPMENT_DETAILS_EXAMPLE,
    },
    result: shipmentAnswer,
    async call({ orderUniqueId, options }, caller) {
      const draft = toNewShipment(options ?? {})
      return shipmentDetailsView(await orders.createShipment(caller, String(orderUniqueId), draft))
    },
  })

function toNewShipment({
  shipment_id: shipmentId,
  warehouse_id: warehouseId,
  packages,
}: Options): NewShipment {
  return {
    shipmentId: toId(shipmentId),
    warehouseId: warehouseId === undefined || warehouseId === null ? null : Number(warehouseId),
    packages: toNewPackages(packages ?? 1),
  }
}

function toNewPackages(packages: NonNullable<Options['packages']>): readonly NewPackage[] {
  if (typeof packages === 'number') {
    return Array.from({ length: packages }, () => ({ packageId: null, trackingNumber: null }))
  }
  return packages.map(({ package_id: packageId, tracking_number: trackingNumber }) => ({
    packageId: toId(packageId),
    trackingNumber: toId(trackingNumber),
  }))
}

function toId(id: string | number | null | undefined): string | null {
  return id === undefined || id === null ? null : String(id)
}
