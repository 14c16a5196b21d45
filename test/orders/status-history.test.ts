import { expect } from 'chai'
import type { Order, OrderDetails, Package, Shipment } from '../../lib/orders/order.ts'
import { statusHistory } from '../../lib/orders/status-history.ts'

const at = (minute: number) => new Date(Date.UTC(2022, 1, 8, 14, minute))

function details(given: {
  state: Order['state']
  shipped?: readonly number[]
  packed?: readonly (number | null)[]
  canceled?: number
}): OrderDetails {
  return {
    order: { state: given.state, createdAt: at(0) } as Order,
    shippingAddress: {},
    items: [],
    contents: {
      shipments: (given.shipped ?? []).map((minute) => ({ createdAt: at(minute) }) as Shipment),
      packages: (given.packed ?? []).map(
        (minute) => ({ packedAt: minute === null ? null : at(minute) }) as Package,
      ),
    },
    canceledAt: given.canceled === undefined ? null : at(given.canceled),
  }
}

describe('the states an order went through', () => {
  it('are one while it is new', () => {
    expect(statusHistory(details({ state: 'new' }))).to.deep.equal([{ state: 'new', since: at(0) }])
  })

  it('go on with its first shipment, and end with the last package packed', () => {
    const history = statusHistory(details({ state: 'complete', shipped: [1, 2], packed: [9, 5] }))
    expect(history.slice(1)).to.deep.equal([
      { state: 'processing', since: at(1) },
      { state: 'complete', since: at(9) },
    ])
  })

  it('are not complete while it isn’t, whatever is packed', () => {
    const history = statusHistory(details({ state: 'processing', shipped: [1], packed: [5, null] }))
    expect(history.map(({ state }) => state)).to.deep.equal(['new', 'processing'])
  })

  it('end with the cancelation', () => {
    const history = statusHistory(details({ state: 'canceled', shipped: [1], packed: [null], canceled: 4 }))
    expect(history.at(-1)).to.deep.equal({ state: 'canceled', since: at(4) })
  })
})
