import { expect } from 'chai'
import fc from 'fast-check'
import { type PageSelection, SHEETS_MAX, selectPages } from '../../lib/rendering/page-selection.ts'
import { UnreadableError } from '../../lib/rendering/rendering.ts'

const ALL: PageSelection = { pagesToPrint: null, reverseOrder: false, copies: 1, isDoubleSided: false }

/** A document's length, and ranges within it. */
const wanted = fc.integer({ min: 1, max: 60 }).chain((pageCount) => {
  const page = fc.integer({ min: 1, max: pageCount })
  const range = fc.tuple(page, page).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
  return fc.record({
    pageCount: fc.constant(pageCount),
    ranges: fc.array(range, { minLength: 1, maxLength: 8 }),
  })
})

describe('the pages that are printed', () => {
  it('come in the order in which they were asked for', () => {
    const select = (pagesToPrint: string[]) => selectPages(12, { ...ALL, pagesToPrint })
    expect(select(['1', '3', '5-10'])).to.deep.equal([0, 2, 4, 5, 6, 7, 8, 9])
    expect(select(['12', '2-3', '2'])).to.deep.equal([11, 1, 2, 1])
    expect(selectPages(3, ALL)).to.deep.equal([0, 1, 2])
    expect(selectPages(3, { ...ALL, reverseOrder: true })).to.deep.equal([2, 1, 0])
    expect(selectPages(9, { ...ALL, pagesToPrint: ['5', '1-2'], reverseOrder: true })).to.deep.equal([
      1, 0, 4,
    ])
  })

  it('are exactly those of the ranges, whatever the ranges', () => {
    fc.assert(
      fc.property(wanted, fc.boolean(), fc.context(), ({ pageCount, ranges }, reverseOrder, context) => {
        const pagesToPrint = ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
        context.log(pagesToPrint.join())
        const pages = selectPages(pageCount, { ...ALL, pagesToPrint, reverseOrder })
        const inOrder: number[] = []
        for (const [first, last] of ranges)
          for (let page = first; page <= last; page += 1) inOrder.push(page - 1)
        expect(pages).to.deep.equal(reverseOrder ? inOrder.toReversed() : inOrder)
      }),
    )
  })

  it('are repeated copy by copy, each on a sheet of its own if it has two sides', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (pageCount, copies, isDoubleSided) => {
          const pages = selectPages(pageCount, { ...ALL, copies, isDoubleSided })
          expect(pages.filter((page) => page === 0)).to.have.length(copies)
          expect(pages.filter((page) => page !== null)).to.have.length(copies * pageCount)
          const starts = pages.flatMap((page, at) => (page === 0 ? [at] : []))
          if (isDoubleSided) expect(starts.filter((at) => at % 2 === 1)).to.deep.equal([])
          else expect(pages).to.not.include(null)
        },
      ),
    )
  })

  it('are refused when they are not there, or too many', () => {
    for (const range of ['4', '0', '2-4', '3-2', '', 'x', '1-', '-1', 'NaN']) {
      expect(() => selectPages(3, { ...ALL, pagesToPrint: [range] }), range).to.throw(UnreadableError)
    }
    const tooMany = { ...ALL, pagesToPrint: Array.from({ length: 11 }, () => '1-1000') }
    expect(() => selectPages(1000, tooMany)).to.throw(UnreadableError, `${SHEETS_MAX}`)
    expect(() => selectPages(11, { ...ALL, copies: 999 })).to.throw(UnreadableError, `${SHEETS_MAX}`)
  })
})
