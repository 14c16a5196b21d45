import { expect } from 'chai'
import type { ConnectionKind, RenderedLanguage } from '../../lib/printers/printer-capability.ts'
import { type RoutingCandidate, type RoutingRequest, route } from '../../lib/printers/routing.ts'
import { ANYTHING, printer, socket } from './routing-fixtures.ts'

function keywords(request: Partial<RoutingRequest>, candidate: RoutingCandidate): readonly string[] {
  const [ranked] = route({ ...ANYTHING, ...request }, [candidate]).candidates
  expect(ranked?.isEligible).to.equal(ranked?.isChosen)
  return (ranked?.isEligible ? [] : (ranked?.reasons ?? [])).map((reason) => reason.split(':', 1)[0] ?? '')
}

describe('routing: what rules a printer out', () => {
  const rows: readonly [
    rule: string,
    Partial<RoutingRequest>,
    Partial<RoutingCandidate>,
    readonly string[],
  ][] = [
    ['nothing, if nothing is asked', {}, { pageSizes: [] }, []],
    ['a paper size it lacks', { paperSize: 'label_4x6' }, {}, ['paper-size-not-supported']],
    [
      'a paper size, where it names none',
      { paperSize: 'letter' },
      { pageSizes: [] },
      ['paper-size-not-supported'],
    ],
    [
      'a paper size that left the registry',
      { paperSize: 'letter' },
      { pageSizes: ['gone'] },
      ['paper-size-not-supported'],
    ],
    ['no paper size that it has', { paperSize: 'a4' }, {}, []],
    [
      'an orientation it lacks',
      { orientation: 'landscape' },
      { orientations: ['portrait'] },
      ['orientation-not-supported'],
    ],
    ['colour it lacks', { colorPrint: true }, {}, ['color-not-supported']],
    ['two sides it lacks', { doubleSided: true }, {}, ['duplex-not-supported']],
    [
      'no colour and no two sides that it has',
      { colorPrint: true, doubleSided: true },
      { hasColor: true, hasDuplex: true },
      [],
    ],
    ['another pool', { pool: 'LABEL' }, { pool: 'LASER' }, ['pool-not-requested']],
    ['no pool, where one is asked for', { pool: 'LABEL' }, {}, ['pool-not-requested']],
    ['a closed station', {}, { isStationOpenToCaller: false }, ['station-access']],
    ['another station', { stationId: 'far' }, {}, ['station-not-requested']],
    ['another name', { printerName: 'Laser' }, {}, ['printer-not-requested']],
    ['a name in another case', { printerName: 'laser' }, { name: 'Laser' }, ['printer-not-requested']],
    [
      'everything at once, all of it named',
      {
        paperSize: 'label_4x6',
        colorPrint: true,
        doubleSided: true,
        stationId: 'far',
        printerName: 'x',
        pool: 'LABEL',
      },
      { isStationOpenToCaller: false, connection: socket('raw') },
      [
        'station-not-requested',
        'printer-not-requested',
        'pool-not-requested',
        'station-access',
        'paper-size-not-supported',
        'color-not-supported',
        'duplex-not-supported',
        'document-format-not-supported',
      ],
    ],
    [
      'of a raw document neither orientation nor colour nor two sides',
      {
        mediaType: 'application/vnd.zebra-zpl',
        orientation: 'landscape',
        colorPrint: true,
        doubleSided: true,
      },
      { connection: socket('raw'), orientations: ['portrait'] },
      [],
    ],
    [
      'of a raw document the paper size',
      { mediaType: 'application/vnd.zebra-zpl', paperSize: 'label_4x6' },
      { connection: socket('zpl') },
      ['paper-size-not-supported'],
    ],
  ]
  for (const [rule, request, given, expected] of rows) {
    it(rule, () => {
      expect(keywords(request, printer('p', given))).to.deep.equal(expected)
    })
  }

  it('tells what the printer takes, and what was asked', () => {
    const [ranked] = route({ ...ANYTHING, paperSize: 'label_4x6' }, [printer('p')]).candidates
    expect(ranked?.reasons).to.deep.equal(['paper-size-not-supported: it takes letter, a4, not label_4x6'])
  })
})

describe('routing: which documents a printer takes', () => {
  const pages = ['application/pdf', 'image/png', 'image/jpeg']
  const zpl = 'application/vnd.zebra-zpl'
  const escpos = 'application/vnd.escpos'
  const rows: readonly [string, ConnectionKind, readonly RenderedLanguage[], readonly string[]][] = [
    ['a station client', { type: 'station' }, [], pages],
    ['IPP', { type: 'ipp' }, [], pages],
    ['virtual', { type: 'virtual' }, [], pages],
    ['a socket of language pdf', socket('pdf'), [], pages],
    ['a socket of language raw', socket('raw'), ['zpl', 'escpos'], [zpl, escpos]],
    ['a socket of language zpl that pages are rendered for', socket('zpl'), ['zpl'], [...pages, zpl]],
    ['a socket of language zpl without rendering', socket('zpl'), ['escpos'], [zpl]],
    [
      'a socket of language escpos that pages are rendered for',
      socket('escpos'),
      ['escpos'],
      [...pages, escpos],
    ],
    ['a socket of language escpos without rendering', socket('escpos'), ['zpl'], [escpos]],
  ]
  for (const [kind, connection, renderable, taken] of rows) {
    it(`${kind}: ${taken.join(', ')}`, () => {
      const all = [...pages, zpl, escpos, 'text/plain', 'constructor']
      const found = all.filter(
        (mediaType) =>
          keywords({ mediaType, renderable: new Set(renderable) }, printer('p', { connection })).length === 0,
      )
      expect(found).to.deep.equal(taken)
    })
  }
})
