import { request } from 'node:http'
import { expect } from 'chai'
import fc from 'fast-check'
import { checkRequestHeaders, HEADERS_MAX } from '../../lib/egress/request-headers.ts'

function manyHeaders(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`X-${index}`, 'value']))
}

describe('headers of a file request', () => {
  it('takes strings and numbers, Latin-1 and the empty value among them', () => {
    expect(
      checkRequestHeaders({ 'X-Key': 'a b\tc', 'X-Count': 3, 'X-Name': 'Zoë', 'X-Empty': '' }, false),
    ).to.equal(null)
  })

  const reserved = ['Host', 'Connection', 'Keep-Alive', 'Proxy-Authorization', 'proxy-', 'TE', 'Trailer']
  for (const name of [...reserved, 'transfer-ENCODING', 'Upgrade', 'Content-Length', 'Expect']) {
    it(`refuses ${name}`, () => {
      expect(checkRequestHeaders({ 'X-Key': 'a', [name]: 'x' }, false)).to.include({
        field: `headers.${name}`,
        reason: 'invalid',
      })
    })
  }

  for (const name of ['', 'X Key', 'X:Key', 'X-Kéy', 'X\r\nHost', 'X\0']) {
    it(`refuses ${JSON.stringify(name)} as a name`, () => {
      expect(checkRequestHeaders({ [name]: 'x' }, false)?.field).to.equal(`headers.${name}`)
    })
  }

  for (const value of ['a\r\nHost: b', 'a\nb', 'a\0', '\u007f', 'Ω', true, null, {}, ['a'], Infinity]) {
    const written = typeof value === 'number' ? String(value) : JSON.stringify(value)
    it(`refuses ${written} as a value, without repeating it`, () => {
      const mistake = checkRequestHeaders({ 'X-Key': value }, false)
      expect(mistake).to.include({ field: 'headers.X-Key', reason: 'invalid' })
      if (typeof value === 'string') expect(mistake?.message).not.to.include(value)
    })
  }

  it('takes 50 headers and refuses 51', () => {
    expect(checkRequestHeaders(manyHeaders(HEADERS_MAX), false)).to.equal(null)
    expect(checkRequestHeaders(manyHeaders(HEADERS_MAX + 1), false)?.field).to.equal('headers')
  })

  it('refuses an Authorization header beside auth alone', () => {
    const headers = { authorization: 'Bearer abc' }
    expect(checkRequestHeaders(headers, false)).to.equal(null)
    expect(checkRequestHeaders(headers, true)).to.include({
      field: 'headers.authorization',
      reason: 'conflict',
    })
  })

  it('lets nothing through that Node would refuse to send', () => {
    const headers = fc.dictionary(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.string({ unit: 'binary', maxLength: 4 }),
    )
    fc.assert(
      fc.property(headers, (candidate) => {
        if (checkRequestHeaders(candidate, false) !== null) return
        // An agent that never connects: only the head of the message is made.
        const message = request({
          headers: candidate,
          createConnection: () => undefined as never,
          agent: false,
        })
        message.on('error', () => {})
        message.destroy()
      }),
    )
  })
})
