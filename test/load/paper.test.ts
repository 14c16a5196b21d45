import { expect } from 'chai'
import { toZpl, type ZplGraphics } from '../../lib/rendering/zpl-graphic.ts'
import { labelPdf, labelZpl, letterPdf } from './mark.ts'
import { Paper } from './paper.ts'

/** As they go out. */
const WHOLE: Readonly<Record<string, Buffer>> = {
  'a label as PDF': labelPdf(7),
  'a page': letterPdf(7),
  'a label as ZPL': labelZpl(7),
  'a label that was drawn': drawn('z64'),
  'a label that was drawn, for old firmware': drawn('ascii'),
}

describe('what npm run test:load makes of what a printer received', () => {
  for (const [name, whole] of Object.entries(WHOLE)) {
    it(`takes ${name} whole, with questions about it, and no part of it`, () => {
      expect(faultsOf(whole)).to.have.length(0)
      expect(faultsOf(Buffer.concat([Buffer.from('~HS'), whole, Buffer.from('~HS')]))).to.have.length(0)
      for (const share of [0.1, 0.5, 0.7, 0.9])
        expect(faultsOf(whole.subarray(0, whole.length * share)), `${share}`).to.have.length(1)
      expect(faultsOf(whole.subarray(0, whole.lastIndexOf('^XZ'))), 'the end').to.have.length(1)
      expect(faultsOf(whole.subarray(1)), 'the beginning').to.have.length(1)
      expect(faultsOf(Buffer.concat([whole, whole])), 'twice').to.have.length(1)
    })
  }

  it('takes no document of which one byte is another', () => {
    const changed = labelPdf(7)
    changed.writeUInt8(0x20, changed.length - 600)
    expect(faultsOf(changed)).to.deep.equal([
      `somewhere: ${changed.length} bytes of 7, which are no document that was sent`,
    ])
  })

  it('counts a connection that brings nothing, or a question, for nothing', () => {
    const paper = new Paper()
    for (const text of ['', '~HS', '~HS~HS']) paper.take(Buffer.from(text), 0, 'somewhere')
    expect([paper.taken, paper.faults]).to.deep.equal([0, []])
  })

  it('tells of what is no document at all', () => {
    expect(faultsOf(Buffer.from('<html>'))).to.deep.equal(['somewhere: 6 bytes without a mark'])
  })
})

function faultsOf(received: Buffer): readonly string[] {
  const paper = new Paper()
  paper.take(received, 0, 'somewhere')
  return paper.faults
}

/** A label of 800 x 120 dots, chequered below. */
function drawn(graphics: ZplGraphics): Buffer {
  const bits = Buffer.from(Array.from({ length: 12_000 }, (_, index) => (index < 6_000 ? 0 : index % 251)))
  const label = { widthDots: 800, heightDots: 120, widthBytes: 100, bits }
  return toZpl([label], { copies: 1, graphics })
}
