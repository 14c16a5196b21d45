import { expect } from 'chai'
import fc from 'fast-check'
import { hashJson } from '../../lib/idempotency/canonical-json.ts'

describe('the hash of a JSON value', () => {
  it('is the same for equal values, whatever the order of their members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(hashJson(shuffled(value)).equals(hashJson(value))).to.equal(true)
      }),
    )
  })

  const different: readonly [unknown, unknown][] = [
    [{}, []],
    [[], null],
    [1, '1'],
    [true, 'true'],
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    [['a,b'], ['a', 'b']],
    [{ a: { b: 1 } }, { a: 1, b: 1 }],
    [[[1], 2], [[1, 2]]],
    [{ a: null }, {}],
  ]
  for (const [one, other] of different) {
    it(`tells ${JSON.stringify(one)} from ${JSON.stringify(other)}`, () => {
      expect(hashJson(one).equals(hashJson(other))).to.equal(false)
    })
  }
})

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, shuffled(member)]),
  )
}
