import { expect } from 'chai'
import { runSuite } from '../../bench/harness.ts'
import { receipts } from '../../bench/suites/receipts.ts'

describe('the measurement of receipts', () => {
  it('makes the same receipt with each of four, and tells how fast each is beside the first', async () => {
    const lines = (await runSuite(receipts, { rounds: 1, ms: 1 })).split('\n')
    expect(lines.filter((line) => /^\| receiptline .*\| baseline \|$/.test(line))).to.have.length(3)
    expect(lines.filter((line) => /^\| Packhouse, .*\| \d+\.\d\d × \|$/.test(line))).to.have.length(6)
  })

  it('compares medians, and takes as many samples of each as there are rounds', async () => {
    const contestant = (name: string, figures: number[]) => ({
      name,
      sample: () => Promise.resolve(figures.shift() ?? Number.NaN),
    })
    // The first sample of each is thrown away.
    const contestants = [contestant('first', [1, 2, 900, 4]), contestant('second', [1, 8, 2, 6])]
    const suite = { ...receipts, open: () => Promise.resolve({ races: [{ title: 'x', contestants }] }) }
    expect((await runSuite(suite, { rounds: 3, ms: 1 })).split('\n').slice(-2)).to.deep.equal([
      '| first | 4 | 2 – 900 | baseline |',
      '| second | 6 | 2 – 8 | 1.50 × |',
    ])
  })
})
