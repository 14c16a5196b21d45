import { expect } from 'chai'
import fc from 'fast-check'
import iconv from 'iconv-lite'
import { CODE_PAGE_ENCODINGS, charactersOf, ENCODINGS, type Encoding } from '../../lib/thermal/code-pages.ts'
import { encodeText } from '../../lib/thermal/text-encoding.ts'

function hex(text: string, encoding: Encoding): string {
  return Buffer.from(encodeText(text, encoding), 'latin1').toString('hex')
}

describe('code pages', () => {
  it('agrees with iconv on every byte that text may have', () => {
    for (const encoding of ENCODINGS) {
      charactersOf(encoding).forEach((character, byte) => {
        if (character === '') return
        const other = iconv.decode(Buffer.from([byte]), encoding.replace('windows', 'win'))
        expect(character, `${encoding} ${byte.toString(16)}`).to.equal(other)
      })
    }
  })

  it('has every character of a code page that iconv has, but for one of Hebrew that the printers lack', () => {
    const lacking = ENCODINGS.flatMap((encoding) =>
      charactersOf(encoding).flatMap((character, byte) => {
        const other = iconv.decode(Buffer.from([byte]), encoding.replace('windows', 'win'))
        const isText = byte >= 0x20 && byte !== 0x7f && other !== '\ufffd'
        return isText && character === '' ? [`${encoding} ${other}`] : []
      }),
    )
    expect(lacking).to.deep.equal(['windows1255 \u05ba'])
  })

  it('numbers them as section 8 does', () => {
    const numbers = [...CODE_PAGE_ENCODINGS].map(([number, encoding]) => `${number} ${encoding}`)
    expect(numbers.join(', ')).to.equal(
      '0 cp437, 2 cp850, 3 cp860, 4 cp863, 5 cp865, 13 cp857, 14 cp737, 16 windows1252, 17 cp866, 18 cp852, ' +
        '19 cp858, 45 windows1250, 46 windows1251, 47 windows1253, 48 windows1254, 49 windows1255, ' +
        '50 windows1256, 51 windows1257, 52 windows1258',
    )
  })
})

describe('text to bytes', () => {
  it('sends what the encoding has as its byte', () => {
    expect(hex('Ñandú ¿café? €', 'windows1252')).to.equal('d1616e64fa20bf636166e93f2080')
    expect(hex('Ñandú ¿café? €', 'cp858')).to.equal('a5616e64a320a8636166823f20d5')
    expect(encodeText('Ж', 'cp866')).to.equal('\x86')
  })

  it('writes EUR where there is no euro sign', () => {
    expect(encodeText('10 €', 'cp437')).to.equal('10 EUR')
    expect(encodeText('10 €', 'cp857')).to.equal('10 EUR')
  })

  const rules: readonly (readonly [string, string, string])[] = [
    ['replaces money that the code page lacks', '€₡£', 'EURCRCGBP'],
    ['straightens quotation marks', '“a” ‘b’ «c» „d‚', `"a" 'b' "c" "d'`],
    ['makes hyphens of dashes, and asterisks of bullets', 'a–b—c−d •e…', 'a-b-c-d *e...'],
    ['spells out a trade mark and a multiplication', '™ 2×3', '(TM) 2x3'],
    ['leaves the accent away', 'ñandú ÇĞ ő', 'nandu CG o'],
    ['leaves an accent away that stands by itself', 'x\u0302y', 'xy'],
    ['leaves strokes away', 'łódź Øre đ', 'lodz Ore d'],
    ['puts one ? for a whole grapheme', '👨‍👩‍👧|🇨🇴|👍🏽|❤️|漢', '?|?|?|?|?'],
    [
      'drops control characters, soft hyphens, zero-width and direction marks',
      'a\u0000\u001b\u007f\u009f\u00ad\u200b\u200d\u202e\ufeffb',
      'ab',
    ],
    ['makes a space of every space', 'a\u00a0b\u2003c\u3000d\te\u202ff', 'a b c d e f'],
    ['makes one character of a letter and its accent first', 'n\u0303', 'n'],
    ['keeps a digit of a key cap', '1\ufe0f\u20e3', '1'],
  ]
  for (const [rule, text, bytes] of rules) {
    it(`${rule}, in a code page that lacks them`, () => {
      expect(encodeText(text, 'cp866')).to.equal(bytes)
    })
  }

  it('never sends what a code page has only below 20, which are commands', () => {
    expect(encodeText('← ♥ ►', 'cp437')).to.equal('? ? ?')
  })

  it('keeps as many accents as the code page has', () => {
    expect(hex('ế', 'windows1258')).to.equal('ea')
    expect(encodeText('ế', 'windows1252')).to.equal('\xea')
    expect(encodeText('ế', 'cp866')).to.equal('e')
  })

  it('never lets a control byte through, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.constantFrom(...ENCODINGS),
        (text, encoding) => {
          expect(encodeText(text, encoding)).to.match(/^[\x20-\x7e\x80-\xff]*$/)
        },
      ),
    )
  })

  it('reads the graphemes of a long text as those of a short one', () => {
    expect(encodeText('👨‍👩‍👧x🇨🇴é'.repeat(400), 'cp437')).to.equal('?x?\x82'.repeat(400))
  })
})
