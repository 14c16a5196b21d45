import { expect } from 'chai'
import fc from 'fast-check'
import { type JsonValue, NumberText, parseJson } from '../../lib/thermal/json-text.ts'

describe('JSON that keeps its numbers as they were written', () => {
  it('keeps every digit of a number', () => {
    for (const text of ['10.50', '12345678901234567890', '1e5', '-0', '0.10']) {
      expect(parseJson(`[${text}]`)).to.deep.equal([new NumberText(text)])
    }
  })

  it('reads what the platform reads, whatever the text', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 2), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent)
        expect(JSON.stringify(parseJson(text))).to.equal(JSON.stringify(JSON.parse(text)))
      }),
    )
  })

  it('refuses what the platform refuses', () => {
    for (const text of ['', '{', '{"a":}', '[1,]', '01', '"\u0001"', '{}x']) {
      expect(() => parseJson(text), text).to.throw(SyntaxError)
    }
  })

  it('takes the last of two members of one name, and __proto__ as a name like any other', () => {
    const object = parseJson('{"a":"1","a":"2","__proto__":{"b":true}}') as Record<string, JsonValue>
    expect(Object.entries(object)).to.deep.equal([
      ['a', '2'],
      ['__proto__', Object.assign(Object.create(null), { b: true })],
    ])
  })

  it('reads a string that ends in a backslash, and one with a quotation mark', () => {
    expect(parseJson('["a\\\\","b\\"c","\\u00f1"]')).to.deep.equal(['a\\', 'b"c', 'ñ'])
  })

  it('refuses more than 500 levels in words, however many there are', () => {
    expect(() => parseJson('['.repeat(200_000) + ']'.repeat(200_000))).to.throw(SyntaxError, '500 levels')
  })
})
