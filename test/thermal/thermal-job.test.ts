import { expect } from 'chai'
import { readJob } from '../helpers/thermal-job.ts'

const START = '1b401c2e1b52001b4d001b7410'
const END = '1b64081d5600'

describe('the strict reader of jobs', () => {
  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['a start without the code page', `1b401c2e1b52001b4d00${END}`, /start/],
    ['a command of another printer', `${START}1b4701${END}`, /section 7: 1b 47 01/],
    ['a control byte in a text', `${START}41070a${END}`, /07h/],
    ['a delete', `${START}7f0a${END}`, /7fh/],
    ['an alignment within a line', `${START}411b61010a${END}`, /middle of a line/],
    ['a size of nine', `${START}1d2188410a${END}`, /above 8/],
    ['bold that is left on', `${START}1b4501410a${END}`, /left on/],
    ['text without a line feed', `${START}41${END}`, /without a line feed/],
    ['a picture that is cut off', `${START}1d7630000100ff00ff`, /missing/],
    ['a QR code without a line feed', `${START}1d286b040031503078${'1d286b0300315130'}${END}`, /QR code/],
    ['no end', `${START}410a`, /not its end/],
    ['text after the end', `${START}${END}410a`, /not its end/],
    ['the drawer before the cut', `${START}1b64081b700032321d5600`, /not its end/],
    ['two cuts', `${START}${END}1d5600`, /not its end/],
  ]
  for (const [what, hex, words] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => readJob(Buffer.from(hex, 'hex'))).to.throw(Error, words)
    })
  }

  it('refuses a line wider than the paper, and a picture that is not at the left', () => {
    const narrow = { paper_width_mm: 58 }
    const line = Buffer.from(`${START}${'41'.repeat(40)}0a${END}`, 'hex')
    expect(readJob(line).lines).to.deep.equal(['A'.repeat(40)])
    expect(() => readJob(line, narrow)).to.throw('wider than the paper')
    const picture = Buffer.from(`${START}1b61011d76300001000100ff${END}`, 'hex')
    expect(() => readJob(picture)).to.throw('not at the left')
  })

  it('reads lines with their looks', () => {
    const { codePage, items, end } = readJob(Buffer.from(`${START}1b61021b4d0141424d1b4d000a${END}`, 'hex'))
    expect(codePage).to.equal(16)
    expect(items).to.have.length(1)
    expect(items[0]).to.deep.include({ kind: 'line', text: 'ABM', widthDots: 27, justification: 'right' })
    expect(end).to.deep.equal(['feed', 'full'])
  })
})
