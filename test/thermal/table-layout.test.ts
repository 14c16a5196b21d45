import { expect } from 'chai'
import { PAPERS } from '../../lib/thermal/paper.ts'
import { fitCells, sharePercentages } from '../../lib/thermal/table-widths.ts'
import { PLAIN, type TextStyle } from '../../lib/thermal/text-style.ts'
import { printedBytes, printedItems } from './receipt-kit.ts'

const SIZE3: TextStyle = { ...PLAIN, width: 3, height: 3 }

function widths(percentages: readonly number[], style: TextStyle, paper: 80 | 58): number[] {
  const styles = percentages.map(() => style)
  return fitCells(styles, percentages, PAPERS[paper]).map(({ width }) => width)
}

describe('columns of a table', () => {
  it('have the widths of the contract', () => {
    expect(widths([13, 55, 17], PLAIN, 80)).to.deep.equal([6, 26, 8])
    expect(widths([13, 55, 17], PLAIN, 58)).to.deep.equal([4, 17, 5])
    expect(widths([25, 75], SIZE3, 80)).to.deep.equal([4, 12])
    expect(widths([25, 75], SIZE3, 58)).to.deep.equal([2, 8])
  })

  it('share equally what the others leave, at least 5 each', () => {
    expect(sharePercentages([50, undefined, 0, -3])).to.deep.equal([50, 50 / 3, 50 / 3, 50 / 3])
    expect(sharePercentages([undefined, undefined])).to.deep.equal([50, 50])
    expect(sharePercentages([99, undefined]).map(Math.round)).to.deep.equal([95, 5])
  })

  it('are scaled down to 100', () => {
    expect(sharePercentages([100, 100])).to.deep.equal([50, 50])
    expect(sharePercentages([150])).to.deep.equal([100])
  })

  it('lower their width factors until the row fits', () => {
    const styles = Array<TextStyle>(16).fill({ ...PLAIN, width: 8, height: 8 })
    const cells = fitCells(styles, Array<number>(16).fill(6.25), PAPERS[58])
    expect(cells.map(({ style, width }) => [style.width, style.height, width])).to.deep.equal(
      Array(16).fill([2, 8, 1]),
    )
  })

  it('give way where even plain characters are too many', () => {
    const percentages = [...Array<number>(15).fill(0.1), 98.5]
    const cells = fitCells(Array<TextStyle>(16).fill(PLAIN), percentages, PAPERS[80])
    expect(cells.map(({ width }) => width)).to.deep.equal([...Array(15).fill(1), 33])
  })

  it('are as wide as their fonts let them be', () => {
    const styles = [PLAIN, { ...PLAIN, font: 'B' as const }]
    expect(fitCells(styles, [50, 50], PAPERS[80]).map(({ width }) => width)).to.deep.equal([24, 32])
  })
})

const TABLE = { Type: 'Table', DataSource: 'items' }

describe('a table', () => {
  it('has a heading over an empty list, and nothing at all over a missing one', async () => {
    const sections = [{ ...TABLE, Elements: [{ HeaderLabel: 'Qty', Label: 'no', WidthPercentage: 50 }] }]
    expect(await printedBytes({ sections, document: '{"items":[]}' })).to.equal(`Qty${' '.repeat(21)}\n`)
    expect(await printedBytes({ sections, document: '{}' })).to.equal('')
    expect(await printedBytes({ sections, document: '{"items":null}' })).to.equal('')
  })

  it('takes Label where there is no HeaderLabel, and no row where there is neither', async () => {
    const sections = [{ ...TABLE, Elements: [{ Label: 'L', Source: 'a', WidthPercentage: 10 }] }]
    const document = '{"items":{"a":"x"}}'
    expect(await printedBytes({ sections, document })).to.equal('L   \nx   \n')
    const bare = [{ ...TABLE, Elements: [{ Source: 'a', WidthPercentage: 10 }] }]
    expect(await printedBytes({ sections: bare, document })).to.equal('x   \n')
  })

  it('aligns cells and headings, with the odd space of the centre to the right', async () => {
    const column = { Source: 'a', HeaderLabel: 'H', WidthPercentage: 12.5 }
    const Elements = [
      { ...column, Align: 'Center' },
      { ...column, Align: 'Right', HeaderAlign: 'Left' },
      { ...column },
    ]
    const sections = [{ ...TABLE, Align: 'Right', Elements }]
    expect(await printedBytes({ sections, document: '{"items":[{"a":"abc"}]}' })).to.equal(
      '  H   H          H\n abc     abc   abc\n',
    )
  })

  it('wraps inside its cells; the others are blank below', async () => {
    const Elements = [
      { Source: 'a', WidthPercentage: 12.5 },
      { Source: 'b', WidthPercentage: 12.5, Align: 'right' },
    ]
    const document = '{"items":[{"a":"one two\\nx abcdefgh","b":1.0}]}'
    expect(await printedBytes({ sections: [{ ...TABLE, Elements }], document })).to.equal(
      ['one      1.0', 'two         ', 'x           ', 'abcdef      ', 'gh          ', ''].join('\n'),
    )
  })

  it('has formats of its own for headings and cells, and ends them after each row', async () => {
    const Elements = [
      { Source: 'a', HeaderLabel: 'H', HeaderFormat: 'Size2 Bold', WidthPercentage: 25 },
      { Source: 'b', HeaderLabel: 'I', Format: 'Underline', WidthPercentage: 25 },
    ]
    const bytes = await printedBytes({
      sections: [{ ...TABLE, Format: 'Bold', Elements }],
      document: '{"items":[{"a":"x","b":"y"}]}',
    })
    expect(bytes).to.equal(
      `\x1bE\x01\x1d!\x11H     \x1d!\x00I${' '.repeat(11)}\n\x1bE\x00` +
        `\x1bE\x01x${' '.repeat(11)}\x1bE\x00\x1b-\x01y\x1b-\x00${' '.repeat(11)}\n`,
    )
  })

  it('is a table of one over an object or a scalar', async () => {
    const sections = [{ ...TABLE, Elements: [{ Source: '.', WidthPercentage: 10 }] }]
    expect(await printedBytes({ sections, document: '{"items":7.0}' })).to.equal('7.0 \n')
  })

  it('prints no row for an item that has nothing to print', async () => {
    const sections = [{ ...TABLE, Elements: [{ Source: 'a' }] }]
    expect((await printedItems({ sections, document: '{"items":[{},null,{"a":""}]}' })).length).to.equal(0)
  })
})
