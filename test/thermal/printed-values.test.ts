import { expect } from 'chai'
import type { JsonObject } from '../../lib/thermal/json-text.ts'
import type { ThermalConfiguration } from '../../lib/thermal/thermal-settings.ts'
import { printedLines, textOf } from './receipt-kit.ts'

async function printed(
  element: JsonObject,
  document: string,
  settings: ThermalConfiguration = {},
): Promise<string> {
  return (await printedLines({ sections: textOf(element), document, settings })).join('|')
}

describe('paths', () => {
  const paths: readonly (readonly [string, string, string, string])[] = [
    ['go from name to name, in any letter case', 'sale.NUMBER', '{"Sale":{"number":"7"}}', '7'],
    ['prefer the spelling of the path', 'a', '{"A":"1","a":"2","À":"3"}', '2'],
    ['are empty where a link is missing', 'a.b.c', '{"a":{"b":"x"}}', ''],
    ['know no index and no length', 'a.0|a.length|b.length', '{"a":["x"],"b":"xyz"}', ''],
    ['find nothing inherited', 'constructor|__proto__|toString', '{}', ''],
    [
      'take the first alternative that is not missing, null, empty text or empty list',
      'a|b|c|d|e',
      '{"b":null,"c":"","d":[],"e":0}',
      '0',
    ],
    ['have no root prefix', 'Document.a|$.a', '{"a":"x"}', ''],
    ['may have spaces around an alternative', 'a | b', '{"b":"x"}', 'x'],
  ]
  for (const [rule, Source, document, text] of paths) {
    it(rule, async () => {
      expect(await printed({ Source }, document)).to.equal(text)
    })
  }

  it('are the item itself when they are empty or a dot', async () => {
    const section = { Type: 'Repeated', DataSource: 'list' }
    const document = '{"list":["a",2.50,null,true]}'
    for (const Source of ['.', '']) {
      const sections = textOf({ Source, Label: '- ' }, section)
      expect(await printedLines({ sections, document })).to.deep.equal(['- a', '- 2.50', '- true'])
    }
  })
})

describe('the value of an element', () => {
  const values: readonly (readonly [string, JsonObject, string, string])[] = [
    ['is its static value without a source', { StaticValue: 'x' }, '{}', 'x'],
    ['is its static value with an empty source', { Source: '', StaticValue: 'x' }, '{}', 'x'],
    ['is not its static value with a source that finds nothing', { Source: 'a', StaticValue: 'x' }, '{}', ''],
    ['follows the label without anything between', { Label: 'N:', Source: 'a' }, '{"a":"x"}', 'N:x'],
    ['loses leading spaces, its label does not', { Label: '  N: ', Source: 'a' }, '{"a":"  x"}', '  N: x'],
    ['may be empty after a label', { Label: 'N:', Source: 'a' }, '{}', 'N:'],
    [
      'hides its label with HideEmpty when it is empty',
      { Label: 'N:', Source: 'a', HideEmpty: true },
      '{"a":"  "}',
      '',
    ],
    ['does not hide 0 and false', { Label: 'N:', Source: 'a|b', HideEmpty: true }, '{"a":false}', 'N:false'],
    ['ORIGINAL is not printed as COPY:', { Label: 'COPY:', Source: 'a' }, '{"a":"ORIGINAL"}', ''],
    ['DUPLICATE is printed as COPY:', { Label: 'COPY:', Source: 'a' }, '{"a":"DUPLICATE"}', 'COPY:DUPLICATE'],
    ['keeps the digits of a number', { Source: 'a' }, '{"a":10.50}', '10.50'],
    [
      'keeps a number of twenty digits',
      { Source: 'a' },
      '{"a":12345678901234567890}',
      '12345678901234567890',
    ],
    ['groups no digits', { Source: 'a' }, '{"a":1785000}', '1785000'],
    [
      'is the values of a list, joined',
      { Source: 'a' },
      '{"a":["x",1.0,true,null,["y"],{"b":1}]}',
      'x, 1.0, true, y',
    ],
    ['is nothing of an object', { Source: 'a' }, '{"a":{"b":1}}', ''],
    ['goes on in a new line after CR, LF and CRLF', { Source: 'a' }, '{"a":"1\\r2\\n3\\r\\n4"}', '1|2|3|4'],
    ['has a space for a tab', { Source: 'a' }, '{"a":"1\\t2"}', '1 2'],
  ]
  for (const [rule, element, document, text] of values) {
    it(rule, async () => {
      expect(await printed(element, document)).to.equal(text)
    })
  }

  it('has the decimal separator of the locale, and no grouping', async () => {
    const settings = { locale: 'es-CO' }
    expect(await printed({ Source: 'a' }, '{"a":1234567.50}', settings)).to.equal('1234567,50')
    expect(await printed({ Source: 'a' }, '{"a":"1.5"}', settings)).to.equal('1.5')
  })
})

describe('dates', () => {
  const dates: readonly (readonly [string, string, ThermalConfiguration, string])[] = [
    ['are day, month, year', '2024-01-15', {}, '15/01/2024'],
    ['have a 12-hour clock', '2024-01-15T00:05:09', {}, '15/01/2024 12:05:09 AM'],
    ['are in the afternoon from noon on', '2024-01-15T12:00', {}, '15/01/2024 12:00:00 PM'],
    [
      'show the clock as written, whatever the offset',
      '2024-01-15T23:30:00.1234567-05:00',
      {},
      '15/01/2024 11:30:00 PM',
    ],
    [
      'are converted when a zone is set',
      '2024-01-15T03:30:00Z',
      { time_zone: 'America/Bogota' },
      '14/01/2024 10:30:00 PM',
    ],
    [
      'are not converted without an offset',
      '2024-01-15T03:30:00',
      { time_zone: 'America/Bogota' },
      '15/01/2024 03:30:00 AM',
    ],
    ['are not converted without a time', '2024-01-15', { time_zone: 'America/Bogota' }, '15/01/2024'],
    ['are those of the locale', '2024-01-15', { locale: 'en-US' }, '01/15/2024'],
    ['have a time of the locale', '2024-01-15T15:04:05', { locale: 'de-DE' }, '15.01.2024, 15:04:05'],
    [
      'have plain spaces, whatever the locale puts there',
      '2024-01-15T15:04:05',
      { locale: 'en-US' },
      '01/15/2024, 03:04:05 PM',
    ],
    ['stay as they are when they are impossible', '2024-02-30', {}, '2024-02-30'],
    ['know leap years', '2024-02-29', {}, '29/02/2024'],
    ['know no hour 24', '2024-01-15T24:00:00', {}, '2024-01-15T24:00:00'],
    ['are in no other form', '15-01-2024', {}, '15-01-2024'],
    ['have no offset without a time', '2024-01-15Z', {}, '2024-01-15Z'],
    ['may be of the year 50', '0050-01-15', {}, '15/01/0050'],
  ]
  for (const [rule, date, settings, text] of dates) {
    it(rule, async () => {
      expect(await printed({ Source: 'sale.DueDate' }, `{"sale":{"duedate":"${date}"}}`, settings)).to.equal(
        text,
      )
    })
  }

  it('are dates only where the path ends so', async () => {
    const document = '{"date":{"of":"2024-01-15"},"Updated":"2024-01-15","CANDIDATE":"2024-01-15"}'
    expect(await printed({ Source: 'date.of' }, document)).to.equal('2024-01-15')
    expect(await printed({ Source: 'Updated' }, document)).to.equal('2024-01-15')
    expect(await printed({ Source: 'x|Candidate' }, document)).to.equal('15/01/2024')
    expect(await printed({ StaticValue: '2024-01-15' }, document)).to.equal('2024-01-15')
  })
})

describe('amounts of money', () => {
  const element = { Source: 'a', Format: 'bold,CURRENCY' }

  it('are pesos of Colombia by default', async () => {
    const expected = new Intl.NumberFormat('es-CO', { style: 'currency', currency: 'COP' })
    expect(await printed(element, '{"a":1785000.5}')).to.equal(expected.format(1785000.5).replace(/\s/g, ' '))
  })

  it('are those of locale and currency, of numeric strings too', async () => {
    const settings = { locale: 'en-US', currency: 'USD' }
    expect(await printed(element, '{"a":"1234.5"}', settings)).to.equal('$1,234.50')
    expect(await printed(element, '{"a":12345678901234567.25}', settings)).to.equal(
      '$12,345,678,901,234,567.25',
    )
    expect(await printed(element, '{"a":"free"}', settings)).to.equal('free')
  })
})
