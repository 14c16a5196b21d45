import { expect } from 'chai'
import fc from 'fast-check'
import { textAfterPrefix } from '../../lib/orders/text-prefix.ts'

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
const text = fc.string({ unit: 'binary', maxLength: 8 })

describe('the end of the texts that start alike', () => {
  it('is above all of them, and nothing else is below it that was not below the prefix', () => {
    fc.assert(
      fc.property(text, text, text, (prefix, rest, other) => {
        const end = textAfterPrefix(prefix)
        const isInRange = (one: string) =>
          byBytes(one, prefix) >= 0 && (end === null || byBytes(one, end) < 0)
        expect(isInRange(prefix + rest)).to.equal(true)
        expect(isInRange(other)).to.equal(other.startsWith(prefix))
      }),
      { numRuns: 2_000 },
    )
  })

  it('is the next code point of the last one that has a next', () => {
    const cases = [
      ['', null],
      ['a', 'b'],
      ['a%_\\', 'a%_]'],
      ['a\u{10ffff}', 'b'],
      ['\u{10ffff}\u{10ffff}', null],
      ['\ud7ff', '\ue000'],
      ['\uffff', '\u{10000}'],
      ['😀', '😁'],
    ]
    for (const [prefix, end] of cases) expect(textAfterPrefix(prefix as string), String(prefix)).to.equal(end)
  })
})
