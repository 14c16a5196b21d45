import { expect } from 'chai'
import { InvalidError } from '../../lib/errors.ts'
import type { PrintOptions } from '../../lib/print-jobs/print-job.ts'
import { completeOptions } from '../../lib/print-jobs/print-options.ts'

const PDF = { mediaType: 'application/pdf', pageCount: 12 }
const ZPL = { mediaType: 'application/vnd.zebra-zpl', pageCount: 0 }

describe('print options', () => {
  it('prints one copy of every page, upright and black, on any paper, unless told otherwise', () => {
    expect(completeOptions({}, PDF)).to.deep.equal({
      copies: 1,
      colorPrint: false,
      doubleSided: false,
      orientation: 'portrait',
      paperSize: null,
      printAllPages: true,
      pagesToPrint: null,
      reverseOrder: false,
      scaling: null,
      totalPages: 12,
    })
  })

  it('answers the number of pages that was sent, and none for a document that it does not look into', () => {
    expect(completeOptions({ totalPages: 3 }, PDF).totalPages).to.equal(3)
    expect(completeOptions({}, ZPL).totalPages).to.equal(null)
    expect(completeOptions({ totalPages: 2 }, ZPL).totalPages).to.equal(2)
  })

  const choices: readonly (readonly [Partial<PrintOptions>, boolean, readonly string[] | null])[] = [
    [{ pagesToPrint: ['1'] }, false, ['1']],
    [{ printAllPages: false, pagesToPrint: ['2-12', '1'] }, false, ['2-12', '1']],
    [{ printAllPages: true, pagesToPrint: ['99'] }, true, null],
    [{ printAllPages: true }, true, null],
    [{ pagesToPrint: null }, true, null],
  ]
  for (const [given, printAllPages, pagesToPrint] of choices) {
    it(`takes ${JSON.stringify(given)} to mean ${JSON.stringify(pagesToPrint ?? 'all')}`, () => {
      expect(completeOptions(given, PDF)).to.deep.include({ printAllPages, pagesToPrint })
    })
  }

  const refused: readonly Partial<PrintOptions>[] = [
    { printAllPages: false },
    { pagesToPrint: [] },
    ...['0', '13', '1-13', '3-2', '1-', '-1', '1 - 2', '01', 'x', '', '1,2'].map((range) => ({
      pagesToPrint: ['1', range],
    })),
  ]
  for (const given of refused) {
    it(`refuses ${JSON.stringify(given)} of a document of 12 pages`, () => {
      expect(() => completeOptions(given, PDF))
        .to.throw(InvalidError)
        .with.nested.property('details.field', 'configuration.pages_to_print')
    })
  }

  it('holds no raw document to pages that nobody counted', () => {
    expect(completeOptions({ pagesToPrint: ['400'] }, ZPL).pagesToPrint).to.deep.equal(['400'])
  })
})
