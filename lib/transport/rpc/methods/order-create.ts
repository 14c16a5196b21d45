import { type OrderCreateArgs, orderCreateArgs } from '../../../../schemas/order-create.ts'
import { orderAnswer } from '../../../../schemas/rpc-answers.ts'
import { readInstructionDrafts } from '../../../instructions/instruction-draft.ts'
import { readCustomFields } from '../../../orders/custom-fields.ts'
import { ADDRESS_MEMBERS, type ShippingAddress } from '../../../orders/order.ts'
import type { OrderDraft, OrderIntakeService } from '../../../orders/order-intake-service.ts'
import { readOrderItems } from '../../../orders/order-items.ts'
import { readShipDate } from '../../../orders/ship-date.ts'
import { ORDER_SUMMARY_EXAMPLE } from '../method-examples.ts'
import { defineMethod, type ResourceMethod } from '../rpc-method.ts'
import { ORDER_SUMMARY, orderView } from '../views/order-view.ts'

const PRIORITY_DEFAULT = 50

/**
 * `order.create(storeCode, items, address, info, flags)` answers the order with all but its heavy fields:
 * contracts/rpc.md, section 10. No argument is required in the sense of fault 6: absent items are 102.
 */
export const orderCreate = (intake: OrderIntakeService): ResourceMethod =>
  defineMethod<OrderCreateArgs>({
    path: 'order.create',
    parameters: ['storeCode', 'items', 'address', 'info', 'flags'],
    required: [],
    roles: ['merchant'],
    schema: orderCreateArgs,
    summary: 'Create an order, with its packing instructions',
    example: {
      params: [
        null,
        { 'DEMO-MUG': 2 },
        { firstname: 'Ada', lastname: 'Lovelace', city: 'London', country: 'GB' },
        { order_ref: 'WEB-1001', instructions: [{ note: 'Put the gift card on top' }] },
      ],
      result: ORDER_SUMMARY_EXAMPLE,
    },
    result: orderAnswer,
    async call(args, caller) {
      return orderView(await intake.create(caller, toDraft(args)), ORDER_SUMMARY)
    },
  })

function toDraft({ storeCode, items, address = {}, info = {}, flags }: OrderCreateArgs): OrderDraft {
  return {
    uniqueId: idOrNull(info.unique_id),
    orderRef: textOrNull(info.order_ref),
    isOrderRefUnique: flags?.unique_order_ref === true,
    storeCode: textOrNull(storeCode),
    shippingMethod: textOrNull(info.shipping_method),
    priority: info.priority ?? PRIORITY_DEFAULT,
    note: textOrNull(info.note),
    customGreeting: textOrNull(info.custom_greeting),
    requestedShipDate: readShipDate(info.requested_ship_date),
    customFields: readCustomFields(info.custom_fields),
    shippingAddress: toAddress(address),
    items: readOrderItems(items),
    instructions: readInstructionDrafts(info.instructions ?? []),
  }
}

/** Other members are ignored, as in `items`. */
function toAddress(address: NonNullable<OrderCreateArgs['address']>): ShippingAddress {
  const given = ADDRESS_MEMBERS.map((member) => [member, address[member] ?? null] as const)
  return Object.fromEntries(given.filter(([, text]) => text !== null))
}

function textOrNull(text: string | null | undefined): string | null {
  return text ?? null
}

function idOrNull(id: string | number | null | undefined): string | null {
  return id === undefined || id === null ? null : String(id)
}
