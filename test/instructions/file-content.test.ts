import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import { decodeFileContent } from '../../lib/instructions/file-content.ts'
import { refusalOf } from './refusal.ts'

describe('file_content', () => {
  it('decodes what was encoded, whatever the length', () => {
    for (let length = 0; length <= 66; length += 1) {
      const bytes = randomBytes(length)
      expect(decodeFileContent(bytes.toString('base64')).equals(bytes), `${length} bytes`).to.equal(true)
    }
  })

  it('decodes no text that would come back as another', () => {
    const digit = fc.constantFrom(...'AQgwZz09+/=-_ \u00e9')
    const text = fc.oneof(fc.string({ unit: digit, maxLength: 12 }), fc.base64String())
    fc.assert(
      fc.property(text, (digits) => {
        const decoded = decodedOrNull(digits)
        if (decoded !== null) expect(decoded.toString('base64')).to.equal(digits.replaceAll(' ', ''))
        else expect(Buffer.from(digits, 'base64').toString('base64')).not.to.equal(digits)
      }),
      { numRuns: 2000 },
    )
  })

  it('skips ASCII white space anywhere', () => {
    const wrapped = ' JVBE\r\nRi0x\t\f.'.replace('.', 'Ljc=\n')
    expect(decodeFileContent(wrapped).toString()).to.equal('%PDF-1.7')
  })

  for (const [why, text] of [
    ['no padding', 'JVBERg'],
    ['half the padding', 'JVBERg='],
    ['padding in the middle', 'JV==RDoA'],
    ['padding before a digit', 'JVB=RDo='],
    ['more padding than a group has', 'JVBERi0xLj==='],
    ['a group of padding', '===='],
    ['the URL-safe alphabet', '-_-_'],
    ['a no-break space', 'JVBE\u00a0Rg=='],
    ['a letter whose low byte is a digit', 'JVBE\u0141Rg='],
    ['a data URI', 'data:application/pdf;base64,JVBERg=='],
    ['bits that belong to no byte', 'JVBERh=='],
    ['U+0000', 'JVB\0'],
    ['words', 'base64-encoded file contents'],
  ] as const) {
    it(`refuses ${why}`, () => {
      expect(refusalOf(() => decodeFileContent(text))).to.equal('file_content: invalid')
    })
  }

  it('decodes 25 MiB without a stack to overflow', () => {
    const bytes = Buffer.alloc(26_214_400, 'Packhouse')
    expect(decodeFileContent(bytes.toString('base64')).equals(bytes)).to.equal(true)
  })
})

function decodedOrNull(text: string): Buffer | null {
  try {
    return decodeFileContent(text)
  } catch {
    return null
  }
}
