import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import { decodeBase64 } from '../../lib/documents/base64.ts'

const STANDARD = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

describe('base64', () => {
  it('gives back the bytes, whatever they are', () => {
    for (const size of [0, 1, 2, 3, 4, 1000, 100_000, 100_001]) {
      const bytes = randomBytes(size)
      expect(decodeBase64(bytes.toString('base64'))?.equals(bytes)).to.equal(true)
    }
  })

  it('refuses whatever Buffer would skip, cut or read as something else', () => {
    const wrong = ['Q', 'QQ', 'QUI', 'Q===', '====', '=', 'QQ==QUJD', 'QUJ=QUJD', 'QU JD', 'QUJD\n', 'QUJDQ']
    const foreign = [
      'A-_A',
      'QUJDQUJ\u0144',
      '\u0151UJD',
      'QUJ\u00e9',
      'QUJD\ud83d\ude00',
      'Q\0JD',
      'QR==',
      'QUK=',
    ]
    for (const digits of [...wrong, ...foreign]) {
      expect([digits, decodeBase64(digits)]).to.deep.equal([digits, null])
      const long = 'QUJD'.repeat(5_000) + digits
      expect([digits, decodeBase64(long)]).to.deep.equal([digits, null])
    }
  })

  it('takes what the grammar takes and no more', () => {
    const alphabet = [...'ABQgwxyz019+/=-_ \n\u0144\u00e9']
    const text = fc.array(fc.constantFrom(...alphabet), { maxLength: 12 }).map((letters) => letters.join(''))
    fc.assert(
      fc.property(text, (digits) => {
        const bytes = decodeBase64(digits)
        const isExact = STANDARD.test(digits) && Buffer.from(digits, 'base64').toString('base64') === digits
        return isExact ? bytes?.toString('base64') === digits : bytes === null
      }),
      { numRuns: 3_000 },
    )
  })
})
