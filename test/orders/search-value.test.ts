import { expect } from 'chai'
import { readInstant, readInteger, readSearchValue } from '../../lib/orders/search-value.ts'

const BIGINT_MAX = '9223372036854775807'

describe('values to search for', () => {
  it('are integers as numbers or in digits, cut to what a field can hold', () => {
    const cases: [unknown, string | undefined][] = [
      [0, '0'],
      [-7, '-7'],
      ['007', '7'],
      ['-0', '0'],
      ['100000309', '100000309'],
      ['9'.repeat(30), BIGINT_MAX],
      [`-${'9'.repeat(30)}`, `-${BIGINT_MAX}`],
      [Number.MAX_VALUE, BIGINT_MAX],
      ['9'.repeat(1_000), undefined],
      [1.5, undefined],
      ['1.0', undefined],
      [' 1', undefined],
      ['1\n', undefined],
      ['', undefined],
      ['0x10', undefined],
      [true, undefined],
      [null, undefined],
      [[1], undefined],
    ]
    for (const [given, read] of cases) expect(readInteger(given), JSON.stringify(given)).to.equal(read)
  })

  it('are dates, or dates and times, in UTC or with an offset, to the second', () => {
    const cases: [unknown, string][] = [
      ['2022-02-08', '2022-02-08T00:00:00Z'],
      ['2022-02-08T14:59:38+00:00', '2022-02-08T14:59:38Z'],
      ['2022-02-08 14:59:38', '2022-02-08T14:59:38Z'],
      ['2022-02-08T14:59', '2022-02-08T14:59:00Z'],
      ['2022-02-08T14:59:38.999Z', '2022-02-08T14:59:38Z'],
      ['2022-02-08t23:30:00-01:30', '2022-02-09T01:00:00Z'],
      ['2022-02-08T00:30:00+0530', '2022-02-07T19:00:00Z'],
      ['2024-02-29', '2024-02-29T00:00:00Z'],
    ]
    for (const [given, read] of cases) {
      expect(readInstant(given), String(given)).to.equal(Date.parse(read) / 1000)
    }
  })

  it('are no dates that the calendar does not have, nor anything else', () => {
    const given = [
      '2022-02-30',
      '2023-02-29',
      '2022-13-01',
      '2022-00-10',
      '2022-01-00',
      '2022-01-01T24:00:00Z',
      '2022-01-01T10:60:00Z',
      '2022-01-01T10',
      '2022-01-01T10:00:00+15:00',
      '22-01-01',
      '20220101',
      '2022-01-01\n',
      'yesterday',
      '',
      1_644_332_378,
      true,
      null,
      [],
    ]
    for (const one of given) expect(readInstant(one), JSON.stringify(one)).to.equal(undefined)
  })

  it('are texts as strings or numbers', () => {
    expect(readSearchValue('text', 100000309)).to.equal('100000309')
    for (const one of [true, null, [], {}]) expect(readSearchValue('text', one)).to.equal(undefined)
  })
})
