import { expect } from 'chai'
import { scanEscpos } from '../helpers/escpos-scanner.ts'

const START = '1b401c2e1b52001b4d001b7410'
const END = '1b64081d5600'

describe('the strict reader of jobs', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['a start without the code page', `1b401c2e1b52001b4d00${END}`],
    ['a command of another printer', `${START}1b4701${END}`],
    ['a control byte in a text', `${START}41070a${END}`],
    ['a delete', `${START}7f0a${END}`],
    ['an alignment within a line', `${START}411b61010a${END}`],
    ['a size of nine', `${START}1d2188410a${END}`],
    ['bold that is left on', `${START}1b4501410a${END}`],
    ['text without a line feed', `${START}41${END}`],
    ['a picture that is cut off', `${START}1d7630000100ff00ff`],
    ['a QR code without a line feed', `${START}1d286b040031503078${'1d286b0300315130'}${END}`],
    ['no end', `${START}410a`],
    ['text after the end', `${START}${END}410a`],
    ['the drawer before the cut', `${START}1b64081b700032321d5600`],
    ['two cuts', `${START}${END}1d5600`],
  ]
  for (const [what, hex] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => scanEscpos(Buffer.from(hex, 'hex'))).to.throw(Error)
    })
  }

  it('reads lines with their looks', () => {
    const { codePage, items } = scanEscpos(Buffer.from(`${START}1b61021b4d0141424d1b4d000a${END}`, 'hex'))
    expect(codePage).to.equal(16)
    expect(items[0]).to.deep.include({ kind: 'line', text: 'ABM', dots: 27, align: 2, spacing: null })
    expect(items[1]).to.deep.equal({ kind: 'end', commands: ['feed', 'full'] })
  })
})
