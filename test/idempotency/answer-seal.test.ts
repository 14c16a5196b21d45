import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { openAnswer, sealAnswer } from '../../lib/idempotency/answer-seal.ts'

describe('a sealed answer', () => {
  const salt = randomBytes(32)
  const sealed = sealAnswer('{"api_key":"secret 📦"}', 'the key', salt)

  it('is opened by the API key that got it', () => {
    expect(openAnswer(sealed, 'the key', salt)).to.equal('{"api_key":"secret 📦"}')
  })

  it('is opened by no other key, with no other salt, and not after a change', () => {
    const changed = Buffer.from(sealed)
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
    expect(() => openAnswer(sealed, 'another key', salt)).to.throw()
    expect(() => openAnswer(sealed, 'the key', randomBytes(32))).to.throw()
    expect(() => openAnswer(changed, 'the key', salt)).to.throw()
  })

  it('looks different each time', () => {
    expect(sealAnswer('x', 'the key', salt)).to.not.deep.equal(sealAnswer('x', 'the key', salt))
  })
})
