import type { OrderDetails, OrderState } from './order.ts'

export interface StateChange {
  readonly state: OrderState
  readonly since: Date
}

/**
 * The states of an order, oldest first, as its dates tell them: `new` when it was created, `processing` from its first
 * shipment, `complete` from its last packed package, `canceled`. A state that it was in twice is told once.
 */
export function statusHistory({ order, contents, canceledAt }: OrderDetails): readonly StateChange[] {
  const history: StateChange[] = [{ state: 'new', since: order.createdAt }]
  const [firstShipment] = contents.shipments
  if (firstShipment) history.push({ state: 'processing', since: firstShipment.createdAt })
  const packedAt = contents.packages.flatMap((pack) => pack.packedAt ?? [])
  if (order.state === 'complete' && packedAt.length > 0) {
    const last = packedAt.reduce((latest, time) => (time > latest ? time : latest))
    history.push({ state: 'complete', since: last })
  }
  if (canceledAt) history.push({ state: 'canceled', since: canceledAt })
  return history
}
