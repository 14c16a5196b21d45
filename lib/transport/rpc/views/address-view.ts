import { ADDRESS_MEMBERS, type ShippingAddress } from '../../../orders/order.ts'

/** The members that were given, in the order of contracts/rpc.md, section 10: the database keeps them in its own. */
export function addressView(address: ShippingAddress): Record<string, string> {
  return Object.fromEntries(
    ADDRESS_MEMBERS.flatMap((member) => {
      const text = address[member]
      return text === undefined ? [] : [[member, text]]
    }),
  )
}
