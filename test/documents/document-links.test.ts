import { expect } from 'chai'
import { createDocumentLinks } from '../../lib/documents/document-links.ts'

const NOW = new Date('2026-11-25T12:00:00.900Z')
const links = createDocumentLinks({
  key: Buffer.alloc(32, 7),
  baseUrl: () => 'https://print.example.test/base',
})

function signed(documentId = 'doc_1'): { expires: string; signature: string } {
  const { searchParams } = new URL(links.urlOf(documentId, NOW))
  return { expires: searchParams.get('expires') ?? '', signature: searchParams.get('signature') ?? '' }
}

describe('links to documents', () => {
  it('are good for an hour, for that document alone', () => {
    const link = signed()
    expect(links.urlOf('doc_1', NOW)).to.match(
      /^https:\/\/print\.example\.test\/base\/v1\/documents\/doc_1\?expires=1795611600&signature=[0-9a-f]{64}$/,
    )
    expect(links.verify('doc_1', link, NOW)).to.equal(true)
    expect(links.verify('doc_1', link, new Date('2026-11-25T12:59:59.999Z'))).to.equal(true)
    expect(links.verify('doc_1', link, new Date('2026-11-25T13:00:00.000Z'))).to.equal(false)
    expect(links.verify('doc_2', link, NOW)).to.equal(false)
  })

  it('hold for no other expiry and no other key', () => {
    const { expires, signature } = signed()
    expect(links.verify('doc_1', { expires: String(Number(expires) + 1), signature }, NOW)).to.equal(false)
    const other = createDocumentLinks({ key: Buffer.alloc(32, 8), baseUrl: () => '' })
    expect(other.verify('doc_1', { expires, signature }, NOW)).to.equal(false)
  })

  for (const [name, change] of Object.entries<object>({
    'a missing signature': { signature: undefined },
    'an empty signature': { signature: '' },
    'half a signature': { signature: 'ab'.repeat(16) },
    'a signature given twice': { signature: ['a', 'b'] },
    'a signature in capitals': { signature: 'AB'.repeat(32) },
    'a missing expiry': { expires: undefined },
    'an expiry that is no number': { expires: '1795611600x' },
    'an expiry with a leading zero': { expires: '01795611600' },
  })) {
    it(`refuse ${name}`, () => {
      expect(links.verify('doc_1', { ...signed(), ...change }, NOW)).to.equal(false)
    })
  }
})
