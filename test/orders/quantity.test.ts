import { expect } from 'chai'
import { readQuantity, sumQuantities } from '../../lib/orders/quantity.ts'

describe('quantities', () => {
  const read: readonly [unknown, string | undefined][] = [
    [1, '1.0000'],
    ['1', '1.0000'],
    ['007.5', '7.5000'],
    [0.1 + 0.2, '0.3000'],
    [1.23456, '1.2346'],
    ['1.00004', '1.0000'],
    ['0.00005', '0.0001'],
    [9.99999, '10.0000'],
    [999_999_999.9999, '999999999.9999'],
    ['999999999.99995', undefined],
    [1e9, undefined],
    [1e30, undefined],
    [1e-7, undefined],
    ['0.00004', undefined],
    [0, undefined],
    [-1, undefined],
    ['', undefined],
    [' 1', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['9'.repeat(100), undefined],
    [true, undefined],
    [null, undefined],
    [[1], undefined],
  ]
  for (const [value, quantity] of read) {
    it(`reads ${JSON.stringify(value).slice(0, 30)} as ${quantity ?? 'no quantity'}`, () => {
      expect(readQuantity(value)).to.equal(quantity)
    })
  }

  it('adds up without losing a decimal', () => {
    expect(sumQuantities(['0.1000', '0.2000', '999999999.9999'])).to.equal('1000000000.2999')
    expect(sumQuantities(['0.0001'])).to.equal('0.0001')
  })
})
