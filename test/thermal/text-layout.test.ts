import { expect } from 'chai'
import type { JsonObject } from '../../lib/thermal/json-text.ts'
import { wrapText } from '../../lib/thermal/text-wrapping.ts'
import { printedBytes, printedItems, printedLines, textOf } from './receipt-kit.ts'

describe('text on paper', () => {
  const formats: readonly (readonly [string, string])[] = [
    ['', 'a\n'],
    ['Italic Nonsense', 'a\n'],
    ['Bold', '\x1bE\x01a\n\x1bE\x00'],
    ['underline', '\x1b-\x01a\n\x1b-\x00'],
    ['FontB', '\x1bM\x01a\n\x1bM\x00'],
    ['FontB FontA', 'a\n'],
    ['Size1', 'a\n'],
    ['Size0', 'a\n'],
    ['Size2', '\x1d!\x11a\n\x1d!\x00'],
    ['Size8', '\x1d!\x77a\n\x1d!\x00'],
    ['size99', '\x1d!\x77a\n\x1d!\x00'],
    ['Large', '\x1d!\x01a\n\x1d!\x00'],
    ['DoubleWidth', '\x1d!\x10a\n\x1d!\x00'],
    ['Large,DoubleWidth', '\x1d!\x11a\n\x1d!\x00'],
    ['Large DoubleWidth Size3', '\x1d!\x22a\n\x1d!\x00'],
    ['BOLD, Size2', '\x1bE\x01\x1d!\x11a\n\x1bE\x00\x1d!\x00'],
  ]
  for (const [Format, bytes] of formats) {
    it(`is ${JSON.stringify(bytes)} with Format '${Format}'`, async () => {
      expect(await printedBytes({ sections: textOf({ Label: 'a', Format }) })).to.equal(bytes)
    })
  }

  it('has the format of the element in place of that of the section', async () => {
    const section = { Format: 'Bold Size2' }
    expect(await printedBytes({ sections: textOf({ Label: 'a', Format: 'Underline' }, section) })).to.equal(
      '\x1b-\x01a\n\x1b-\x00',
    )
    expect(await printedBytes({ sections: textOf({ Label: 'a' }, section) })).to.equal(
      '\x1bE\x01\x1d!\x11a\n\x1bE\x00\x1d!\x00',
    )
  })

  it('is aligned by the element, else by the section', async () => {
    const Elements = [{ Label: 'a' }, { Label: 'b', Align: 'CENTER' }, { Label: 'c', Align: 'left' }]
    expect(await printedBytes({ sections: [{ Align: 'Right', Elements }] })).to.equal(
      '\x1ba\x02a\n\x1ba\x01b\n\x1ba\x00c\n',
    )
  })

  it('keeps its look in all its lines and ends it after the last', async () => {
    expect(await printedBytes({ sections: textOf({ StaticValue: 'a\n\nb', Format: 'Bold' }) })).to.equal(
      '\x1bE\x01a\n\nb\n\x1bE\x00',
    )
  })

  it('sets the line spacing of a section, the nearest there is, and takes it back', async () => {
    const spaced = (LineSpacing: unknown) =>
      printedBytes({ sections: textOf({ Label: 'a' }, { LineSpacing } as JsonObject) })
    expect(await spaced(1)).to.equal('\x1b3\x0fa\n\x1b2')
    expect(await spaced('5')).to.equal('\x1b3\x32a\n\x1b2')
    expect(await spaced(99)).to.equal('\x1b3\x96a\n\x1b2')
    expect(await spaced(0)).to.equal('\x1b3\x0fa\n\x1b2')
    expect(await spaced(null)).to.equal('a\n')
  })

  const rules: readonly (readonly [string, number, number])[] = [
    ['', 48, 32],
    ['FontB', 64, 42],
    ['Size2', 24, 16],
    ['FontB Size3', 21, 14],
    ['Size7', 6, 4],
    ['Large', 48, 32],
  ]
  for (const [Format, on80, on58] of rules) {
    it(`draws a line of ${on80} and ${on58} characters with Format '${Format}'`, async () => {
      const sections = textOf({ Type: 'Line', Format })
      expect(await printedLines({ sections })).to.deep.equal(['-'.repeat(on80)])
      expect(await printedLines({ sections, settings: { paper_width_mm: 58 } })).to.deep.equal([
        '-'.repeat(on58),
      ])
    })
  }

  it('counts columns after the text was transliterated', async () => {
    const [line] = await printedItems({
      sections: textOf({ StaticValue: `${'x'.repeat(46)} …` }),
      settings: { code_page: 0 },
    })
    expect(line).to.include({ kind: 'line', text: 'x'.repeat(46) })
  })
})

describe('wrapping', () => {
  const texts: readonly (readonly [string, string, readonly string[]])[] = [
    ['fits', 'ab cd', ['ab cd']],
    ['breaks greedily at spaces, which vanish', 'ab cd  ef', ['ab cd', 'ef']],
    ['keeps the spaces within a line', 'a  b cde', ['a  b', 'cde']],
    ['cuts a word longer than a line, in a line of its own', 'ab cdefghijk l', ['ab', 'cdefg', 'hijk', 'l']],
    ['fills up the line after a cut word', 'abcdefg hi', ['abcde', 'fg hi']],
    ['keeps leading spaces where the word fits', '  abc d', ['  abc', 'd']],
    ['lets leading spaces go where it does not', '  abcd', ['abcd']],
    ['keeps trailing spaces as far as the line goes', 'abcd     ', ['abcd']],
    ['cuts a word of exactly two lines in two', 'abcdefghij', ['abcde', 'fghij']],
    ['makes an empty line of nothing', '', ['']],
  ]
  for (const [rule, text, lines] of texts) {
    it(rule, () => {
      expect(wrapText(text, 5)).to.deep.equal(lines)
    })
  }
})
