import { expect } from 'chai'
import fc from 'fast-check'
import { dispositionFileNames } from '../../lib/egress/disposition-file-name.ts'

const asBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

describe('the file names of a Content-Disposition', () => {
  const headers: readonly (readonly [header: string, names: readonly string[]])[] = [
    ['attachment; filename=slip.pdf', ['slip.pdf']],
    ['attachment; filename="packing slip.pdf"', ['packing slip.pdf']],
    ['inline; FILENAME="a\\"b;c.pdf"', ['a"b;c.pdf']],
    ["attachment; filename=plain.pdf; filename*=UTF-8''%E2%82%AC.pdf", ['€.pdf', 'plain.pdf']],
    ["attachment; filename*=UTF-8'en'%E2%82%AC.pdf; filename=plain.pdf", ['€.pdf', 'plain.pdf']],
    ["attachment; filename*=iso-8859-1''caf%E9.pdf", ['café.pdf']],
    ["attachment; filename*=UTF-8''%E9.pdf; filename=plain.pdf", ['plain.pdf']],
    ['attachment; filename*="UTF-8\'\'%E2%82%AC.pdf"', ['€.pdf']],
    ["attachment; filename*=UTF-8''; filename=plain.pdf", ['plain.pdf']],
    [`attachment; filename="${asBytes('étiquette.pdf')}"`, ['étiquette.pdf']],
    ['attachment; filename="\u00e9tiquette.pdf"', ['étiquette.pdf']],
    ['attachment; filename="../../etc/passwd"', ['../../etc/passwd']],
    ['attachment', []],
    ['attachment; filename=""', []],
    ['', []],
    ['attachment; __proto__=x', []],
  ]
  for (const [header, names] of headers) {
    it(`${JSON.stringify(header)} names ${names.join(', then ') || 'nothing'}`, () => {
      expect(dispositionFileNames(header)).to.deep.equal(names)
    })
  }

  it('never throws, whatever a server sends', () => {
    const pieces = fc.constantFrom(
      'filename',
      'filename*',
      '=',
      ';',
      '"',
      '\\',
      "UTF-8''",
      '%',
      '%E9',
      '*',
      ' ',
      '\u00ff',
      'x',
    )
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(hostile, (header) => {
        for (const name of dispositionFileNames(header)) expect(name).to.be.a('string').that.is.not.empty
      }),
    )
  })
})
