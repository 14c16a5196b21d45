import { expect } from 'chai'
import fc from 'fast-check'
import { filterZpl } from '../../lib/documents/zpl-filter.ts'

const LISTED =
  '^JB ^JI ^JJ ^JS ^JU ~JA ~JB ~JC ~JG ~JI ~JL ~JR ~JS ^MA ^MI ^ML ^MP ^ID ^EF ~EF ^SE ^SL ^SQ ^SR ^ST ^SX ^TO ^ZZ'.split(
    ' ',
  )
const OF_FAMILIES = '^HH ^HV ~HS ~HQ ^KD ^KN ~KB ^NC ^NS ~NC ~NT ^WD ~WC ~WQ ~DY ~DB ~DN ~DU'.split(' ')
const KEPT =
  '^FO ^GB ^BC ^BY ^CF ^A0 ^CI ^PW ^LL ^PQ ^LH ^MM ^MN ^MD ~SD ~TA ~DG ^DF ^XF ^FH ^SN ~JM ^JM ^JZ'.split(' ')
const RENAMING = '^CC ~CC ^CD ~CD ^CT ~CT'.split(' ')

describe('ZPL filter', () => {
  for (const command of [...LISTED, ...OF_FAMILIES]) {
    it(`takes ${command} out with its parameters, in either case of letters`, () => {
      for (const written of [command, command.toLowerCase()]) {
        expect(filter(`^XA${written}1,R:X.GRF,2^FO50,50^FDx^FS^XZ`)).to.deep.equal({
          text: '^XA^FO50,50^FDx^FS^XZ',
          removed: [command],
        })
      }
    })
  }
  for (const command of KEPT) {
    it(`keeps ${command}`, () => {
      const zpl = `^XA${command}1,2^FS^XZ`
      expect(filter(zpl)).to.deep.equal({ text: zpl, removed: [] })
    })
  }
  for (const command of RENAMING) {
    it(`refuses ${command}, wherever a command may stand`, () => {
      expect(filterZpl(Buffer.from(`^XA${command.toLowerCase()}!^XZ`))).to.deep.equal({
        refusal: `${command} renames the command characters`,
      })
      expect(filter(`^XA^FD${command}^FS^XZ`).removed).to.deep.equal([])
    })
  }

  it('names each command once, in the order of appearance', () => {
    expect(filter('~JA^XA^jus^HH^FDx^FS^JUF^XZ~ja').removed).to.deep.equal(['~JA', '^JU', '^HH'])
  })

  it('leaves field data alone, and what follows a field that was never ended is no data', () => {
    const data = '^XA^FDkeep ~JA and ^JUS here^FS^fvand ~ja here^fs^XZ'
    expect(filter(data)).to.deep.equal({ text: data, removed: [] })
    expect(filter('^XA^FDopen^JUS^FDnext^FS^XZ').text).to.equal('^XA^FDopen^FDnext^FS^XZ')
    expect(filter('^XA^FDopen^JUS^XZ').text).to.equal('^XA^FDopen^XZ')
    expect(filter('^XA^FXJU is a comment^JUS^FO1,1^FS^XZ').text).to.equal('^XA^FXJU is a comment^FO1,1^FS^XZ')
  })

  it('leaves the counted bytes of ^GFB and ^GFC alone and goes on after them', () => {
    for (const kind of ['B', 'c']) {
      const graphic = `^GF${kind},8,8,1,~JA^JUS!`
      expect(filter(`^XA${graphic}^FS^JUS^XZ`)).to.deep.equal({
        text: `^XA${graphic}^FS^XZ`,
        removed: ['^JU'],
      })
    }
    expect(filter('^XA^GFA,8,8,1,FFFF^JUS^XZ').text).to.equal('^XA^GFA,8,8,1,FFFF^XZ')
    expect(filter('^XA~DYR:X,B,G,8,1,^FO1,1~A^FS^XZ').text).to.equal('^XA^FS^XZ')
    expect(filterZpl(Buffer.from('^XA^XZ^GFB,99,99,1,abc'))).to.deep.equal({
      refusal: '^GF counts more bytes than follow it',
    })
  })

  it('refuses what has no format: ^XA and, after it, ^XZ, both as commands', () => {
    for (const zpl of ['', 'text', '^XA^FDx^FS', '^XZ^XA', '^XA^GFB,3,3,1,^XZ']) {
      expect(filterZpl(Buffer.from(zpl))).to.have.property('refusal')
    }
    expect(filter('^xa^xz').text).to.equal('^xa^xz')
  })

  it('is quick with a document of nothing but prefixes', () => {
    const started = performance.now()
    expect(filterZpl(Buffer.alloc(26_214_400, '^'))).to.have.property('refusal')
    expect(performance.now() - started).to.be.below(5_000)
  }).timeout(10_000)

  describe('whatever the document', () => {
    const command = fc.constantFrom(
      ...LISTED,
      ...OF_FAMILIES,
      ...KEPT,
      '^GFB',
      '^GFC',
      '^FD',
      '^FV',
      '^FX',
      '^FS',
    )
    const words = fc.constantFrom(
      '',
      'S',
      ',',
      '1,2',
      ',3,3,1,',
      ',^JU',
      'R:X,B,G,3,1,',
      '^',
      '~',
      '~JA',
      '\n',
      '\x0f',
      'é',
    )
    const document = fc
      .array(fc.tuple(command, fc.boolean(), fc.array(words, { maxLength: 3 })), { maxLength: 12 })
      .map((parts) =>
        parts.map(([name, isLower, more]) => `${isLower ? name.toLowerCase() : name}${more.join('')}`),
      )
      .map((parts) => `^XA${parts.join('')}^XZ`)

    it('changes nothing more when it is applied again', () => {
      fc.assert(
        fc.property(document, (zpl) => {
          const once = filterZpl(Buffer.from(zpl, 'latin1'))
          if ('refusal' in once) return
          expect(filterZpl(once.bytes)).to.deep.equal({ bytes: once.bytes, removed: [] })
        }),
        { numRuns: 3000 },
      )
    })

    it('keeps the data of every field that is ended', () => {
      const text = fc.string({ unit: 'grapheme-ascii', maxLength: 20 })
      const data = text.filter((field) => !/\^FS|\^FD|\^FV|\^XA|\^XZ/i.test(field))
      fc.assert(
        fc.property(fc.array(data, { minLength: 1, maxLength: 5 }), (fields) => {
          const zpl = `^XA${fields.map((field) => `^JUS^FO1,1^FD${field}^FS`).join('~HS')}^XZ`
          expect(filter(zpl).text).to.equal(`^XA${fields.map((field) => `^FO1,1^FD${field}^FS`).join('')}^XZ`)
        }),
      )
    })
  })
})

function filter(zpl: string): { text: string; removed: readonly string[] } {
  const filtered = filterZpl(Buffer.from(zpl, 'latin1'))
  if ('refusal' in filtered) throw new Error(filtered.refusal)
  return { text: filtered.bytes.toString('latin1'), removed: filtered.removed }
}
