import { listOf } from '../../../../schemas/rpc-answers.ts'
import { type WarehouseListArgs, warehouseListArgs } from '../../../../schemas/warehouse-list.ts'
import type { OrdersService } from '../../../orders/orders-service.ts'
import { defineMethod, EVERY_ROLE, type ResourceMethod } from '../rpc-method.ts'

/** Addresses of locations aren't known here; connectors expect the members. */
const ADDRESS = { street1: null, street2: null, city: null, country: null, region: null, postcode: null }

/** `warehouse.list()` answers one per location, by rising `warehouse_id`: contracts/rpc.md, section 10. */
export const warehouseList = (orders: OrdersService): ResourceMethod =>
  defineMethod<WarehouseListArgs>({
    path: 'warehouse.list',
    parameters: [],
    required: [],
    roles: EVERY_ROLE,
    schema: warehouseListArgs,
    summary: 'List the warehouses, one per location',
    example: {
      params: [],
      result: [{ warehouse_id: 1, name: 'Demo warehouse', is_active: 1, address: ADDRESS }],
    },
    result: listOf({ type: 'object', required: ['warehouse_id', 'name', 'is_active', 'address'] }),
    async call() {
      const warehouses = await orders.listWarehouses()
      return warehouses.map(({ warehouseId, name }) => ({
        warehouse_id: warehouseId,
        name,
        is_active: 1,
        address: ADDRESS,
      }))
    },
  })
