import { expect } from 'chai'
import { DomainError } from '../../lib/errors.ts'
import { readOrderItems } from '../../lib/orders/order-items.ts'

describe('items of an order', () => {
  it('are read from an object of SKUs', () => {
    expect(readOrderItems({ 'A-1': 2, 'B 2': '0.5' })).to.deep.equal([
      { sku: 'A-1', qty: '2.0000', orderItemRef: null },
      { sku: 'B 2', qty: '0.5000', orderItemRef: null },
    ])
  })

  it('are read from a list, in order, with the caller’s references, whatever else is in it', () => {
    const items = [
      { sku: 'A', qty: 1, order_item_ref: 'line 1', colour: 'red' },
      { sku: 'A', qty: 2, order_item_ref: 7 },
    ]
    expect(readOrderItems(items)).to.deep.equal([
      { sku: 'A', qty: '1.0000', orderItemRef: 'line 1' },
      { sku: 'A', qty: '2.0000', orderItemRef: '7' },
    ])
  })

  it('take any text for a SKU, names of JavaScript too', () => {
    const items: unknown = JSON.parse('{"__proto__": 1, "constructor": 2, "🎁": 3}')
    expect(readOrderItems(items).map(({ sku }) => sku)).to.deep.equal(['__proto__', 'constructor', '🎁'])
  })

  it('count characters, not UTF-16 units, in a SKU', () => {
    expect(readOrderItems([{ sku: '🎁'.repeat(191), qty: 1 }])).to.have.length(1)
    expect(refusal([{ sku: '🎁'.repeat(192), qty: 1 }])).to.include({ field: 'items.0.sku' })
  })

  const refused: readonly [string, unknown, string, string][] = [
    ['an empty list', [], 'items', 'required'],
    ['an empty object', {}, 'items', 'required'],
    ['more than a thousand', Array(1_001).fill({ sku: 'A', qty: 1 }), 'items', 'invalid'],
    ['an element that is no object', [{ sku: 'A', qty: 1 }, 'B'], 'items.1', 'invalid'],
    ['an element that is a list', [['A', 1]], 'items.0', 'invalid'],
    ['a SKU that is missing', [{ qty: 1 }], 'items.0.sku', 'invalid'],
    ['a SKU that is empty', { '': 1 }, 'items', 'invalid'],
    ['a SKU with U+0000', [{ sku: 'A\0', qty: 1 }], 'items.0.sku', 'invalid'],
    ['a SKU with half a surrogate pair', [{ sku: '\ud83c', qty: 1 }], 'items.0.sku', 'invalid'],
    ['a quantity that is missing', [{ sku: 'A' }], 'items.0.qty', 'invalid'],
    ['a quantity of 0', { A: 1, B: 0 }, 'items.B', 'invalid'],
    [
      'a reference that is an object',
      [{ sku: 'A', qty: 1, order_item_ref: {} }],
      'items.0.order_item_ref',
      'invalid',
    ],
  ]
  for (const [what, items, field, reason] of refused) {
    it(`refuse ${what}`, () => {
      expect(refusal(items)).to.include({ field, reason })
    })
  }
})

function refusal(items: unknown): object {
  try {
    readOrderItems(items)
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid') return error.details
    throw error
  }
  throw new Error('was accepted')
}
