import { expect } from 'chai'
import { InvalidError } from '../../lib/errors.ts'
import { readPrintJobBody } from '../../lib/transport/print-job-body.ts'

const RULES = { now: new Date('2026-11-25T12:00:00.000Z'), isPaperSizeRequired: false }
const BODY = { location_id: 'loc_1', data: 'https://example.test/label.pdf' }

describe('the body of a print job', () => {
  function mistakes(body: object, rules = RULES): readonly string[] {
    try {
      readPrintJobBody(body as Record<string, unknown>, rules)
      return []
    } catch (error) {
      if (error instanceof InvalidError) return error.details['errors'] as string[]
      throw error
    }
  }
  const configured = (configuration: object) => ({ ...BODY, configuration })

  it('needs a paper size where the environment says so', () => {
    const rules = { ...RULES, isPaperSizeRequired: true }
    expect(mistakes(BODY, rules)).to.deep.equal(['configuration.paper_size is missing'])
    expect(mistakes(configured({ paper_size: null }), rules)).to.have.length(1)
    expect(mistakes(configured({ paper_size: 'page_size_a4' }), rules)).to.deep.equal([])
  })

  for (const [written, key] of [
    ['page_size_label_4x6', 'label_4x6'],
    ['PAGE_SIZE_LETTER', 'letter'],
    ['na_letter_8.5x11in', 'letter'],
    ['6x4in', 'label_4x6'],
    ['210.3x297mm', 'a4'],
  ] as const) {
    it(`takes ${written} for ${key}`, () => {
      expect(readPrintJobBody(configured({ paper_size: written }), RULES).options).to.deep.equal({
        paperSize: key,
      })
    })
  }

  it('takes nulls for absent, wherever they stand, and ignores what it does not know', () => {
    const body = {
      ...BODY,
      name: null,
      resource: null,
      expires_at: null,
      configuration: { copies: null, pages_to_print: null, frobnicate: { deep: null } },
      unknown: [],
    }
    expect(readPrintJobBody(body, RULES)).to.deep.equal({
      locationId: 'loc_1',
      source: { kind: 'url', url: BODY.data },
      stationId: null,
      printerName: null,
      name: null,
      resource: null,
      options: {},
      expiresAt: null,
    })
  })

  it('lets the earlier expiry count, and refuses one that is past', () => {
    const expires = (body: object) => readPrintJobBody({ ...BODY, ...body }, RULES).expiresAt?.toISOString()
    const later = '2026-11-25T13:00:00+00:00'
    expect(expires({ expires_at: later, configuration: { expire_after: 60 } })).to.equal(
      '2026-11-25T12:01:00.000Z',
    )
    expect(expires({ expires_at: later, configuration: { expire_after: 7200 } })).to.equal(
      '2026-11-25T13:00:00.000Z',
    )
    expect(expires({ expires_at: '2026-11-26' })).to.equal('2026-11-26T00:00:00.000Z')
    expect(mistakes({ ...BODY, expires_at: '2026-11-25T12:00:00.000Z' })).to.deep.equal([
      'expires_at must be in the future',
    ])
  })

  it('tells what the schema and the rules find in one answer', () => {
    const found = mistakes({
      data: 'x',
      configuration: { copies: 0, paper_size: 'x', print_all_pages: false },
    })
    expect(found.map((mistake) => mistake.split(' ')[0])).to.have.members([
      'location_id',
      'data',
      'configuration.copies',
      'configuration.paper_size',
      'configuration.pages_to_print',
    ])
    expect(found).to.include('configuration.copies must be >= 1')
  })
})
