import { expect } from 'chai'
import { NumberText, parseJson } from '../../lib/thermal/json-text.ts'
import { asBoolean, asList, asNumber, asString, asWithin, member } from '../../lib/thermal/lenient.ts'
import { jsonObject } from './receipt-kit.ts'

describe('lenient members', () => {
  it('reads names in any letter case: the exact one wins, else the last', () => {
    expect(member(jsonObject('{"JOBID":"a","JobId":"b","jobid":"c"}'), 'JobId')).to.equal('b')
    expect(member(jsonObject('{"JOBID":"a","jobid":"c"}'), 'JobId')).to.equal('c')
    expect(member(jsonObject('{"":"empty"}'), 'JobId')).to.equal(undefined)
  })

  it('reads an object of many members by the same rule', () => {
    const many = Array.from({ length: 40 }, (_, index) => `"n${index}":${index}`).join()
    const object = jsonObject(`{"JOBID":"a","jobid":"c",${many}}`)
    expect([member(object, 'JobId'), member(object, 'JobId'), member(object, 'N7')]).to.deep.equal([
      'c',
      'c',
      new NumberText('7'),
    ])
  })

  it('reads nothing that is inherited', () => {
    expect(member({}, 'toString')).to.equal(undefined)
    expect(member({}, 'constructor')).to.equal(undefined)
  })

  it('takes numbers and booleans for strings, as written', () => {
    const list = parseJson('[10.50, true, "x", null, {}, []]') as never[]
    expect(list.map(asString)).to.deep.equal(['10.50', 'true', 'x', undefined, undefined, undefined])
  })

  it('takes numeric strings for numbers', () => {
    const list = parseJson('["40", " 2.5 ", 3, "3 mm", "", true, "0x10", "Infinity"]') as never[]
    expect(list.map(asNumber)).to.deep.equal([
      40,
      2.5,
      3,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('takes "true", "false", 1 and 0 for booleans', () => {
    const list = parseJson('[true, "true", 1, false, "false", 0, 2, "yes", null]') as never[]
    expect(list.map(asBoolean)).to.deep.equal([
      true,
      true,
      true,
      false,
      false,
      false,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('takes a lone object for a list of one, and other lone values for none', () => {
    expect(asList({ a: 1 })).to.deep.equal([{ a: 1 }])
    expect(asList('x')).to.equal(undefined)
    expect(asList(null)).to.equal(undefined)
  })

  it('takes the nearest number within bounds', () => {
    expect([
      asWithin(0, 1, 10),
      asWithin('99', 1, 10),
      asWithin(3.4, 1, 10),
      asWithin('x', 1, 10),
    ]).to.deep.equal([1, 10, 3, undefined])
  })
})
