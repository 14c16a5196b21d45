import { expect } from 'chai'
import fc from 'fast-check'
import { CODE_PAGE_ENCODINGS } from '../../lib/thermal/code-pages.ts'
import type { JsonObject } from '../../lib/thermal/json-text.ts'
import type { ThermalConfiguration } from '../../lib/thermal/thermal-settings.ts'
import { EPSON_CODE_PAGES } from '../helpers/escpos-interpreter/code-pages.ts'
import { type Printing, printedJob, printedLines } from './receipt-kit.ts'

/** Contracts/thermal.md, section 8, step 3, as its table has it. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '₡': 'CRC',
  '£': 'GBP',
  '“': '"',
  '’': "'",
  '«': '"',
  '–': '-',
  '…': '...',
  '•': '*',
  '™': '(TM)',
  '×': 'x',
}
const COMMANDS = [
  '\u001b@',
  '\u001dV\u0000',
  '\u0010\u0004\u0001',
  '\u001bp\u0000\u0001\u0001',
  '\u001ct',
  '\u007f',
  '\u009b',
]
const DROPPED = [
  '\u0000',
  '\u0007',
  '\u001b',
  '\u001d',
  '\u007f',
  '\u0085',
  '\u009f',
  '\u00ad',
  '\u200b',
  '\u202e',
]
const LETTERS = [...'abcXYZ019.,:$%-#áéíóúñÑüÇçßøåłőŽşğıЖдЯёΩλφאשسم', ...Object.keys(REPLACEMENTS)]
const GRAPHEMES = ['👨‍👩‍👧', '🇨🇴', '漢', '❤️']

/** A piece of text, and what a printer with this code page shows of it. White is left to the layout. */
function onPaper(piece: string, codePage: number): string {
  if (piece === ' ' || DROPPED.includes(piece)) return ''
  if (COMMANDS.includes(piece)) return piece.replace(/[\0-\x1f\x7f-\x9f]/g, '')
  if (has(piece, codePage)) return piece
  const replacement = REPLACEMENTS[piece]
  if (replacement !== undefined) return replacement
  const letter = piece.normalize('NFD').charAt(0)
  if (/^\p{L}\p{M}+$/u.test(piece.normalize('NFD')) && has(letter, codePage)) return letter
  return STROKED[piece] ?? '?'
}

const STROKED: Readonly<Record<string, string>> = { ø: 'o', ł: 'l', ı: 'i' }

function has(character: string, codePage: number): boolean {
  if (/^[ -~]$/.test(character)) return true
  const page = EPSON_CODE_PAGES.get(codePage)
  return Array.from({ length: 128 }, (_, at) => page?.(at + 128)).includes(character)
}

const pieces = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...LETTERS) },
    { weight: 3, arbitrary: fc.constant(' ') },
    { weight: 1, arbitrary: fc.constantFrom(...DROPPED, ...COMMANDS) },
    { weight: 1, arbitrary: fc.constantFrom(...GRAPHEMES) },
  ),
  { maxLength: 90 },
)
const looks = fc.record({
  Format: fc
    .array(fc.constantFrom('Bold', 'Underline', 'FontB', 'Size2', 'Size5', 'Size8', 'Large', 'DoubleWidth'), {
      maxLength: 3,
    })
    .map((words) => words.join(' ')),
  Align: fc.constantFrom('Left', 'Center', 'Right'),
})
const settings: fc.Arbitrary<ThermalConfiguration & { code_page: number }> = fc.record({
  code_page: fc.constantFrom(...CODE_PAGE_ENCODINGS.keys()),
  paper_width_mm: fc.constantFrom(80 as const, 58 as const),
})
const cell = fc.record({ label: pieces, value: pieces, look: looks, width: fc.integer({ min: 1, max: 60 }) })
const cells = fc.array(cell, { minLength: 1, maxLength: 5 })
const spacing = fc.integer({ min: 1, max: 10 })

describe('what is printed of a text', () => {
  it('is all of it, after its transliteration and in its order, whatever the format', async () => {
    const receipts = fc.record({ cells, settings, spacing, isRepeated: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        receipts,
        async ({ cells: texts, settings: printer, spacing: LineSpacing, isRepeated }) => {
          const Elements = texts.map(({ label, look }, at) => ({
            ...look,
            Label: label.join(''),
            Source: `v${at}`,
          }))
          const Type = isRepeated ? 'Repeated' : 'Static'
          const sections = [{ Type, DataSource: 'd', LineSpacing, Elements }]
          const values = valuesOf(texts.map(({ value }) => value))
          const document = JSON.stringify(isRepeated ? { d: [values, values] } : values)
          const once = texts.flatMap(({ label, value }) => [...label, ...value])
          const wanted = isRepeated ? [...once, ...once] : once
          expect(inkOf(await printedLines({ sections, document, settings: printer }))).to.equal(
            wanted.map((piece) => onPaper(piece, printer.code_page)).join(''),
          )
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is all of it in a table too, however narrow the columns are', async () => {
    const tables = fc.record({ cells, settings, rows: fc.integer({ min: 1, max: 3 }) })
    await fc.assert(
      fc.asyncProperty(tables, async ({ cells: columns, settings: printer, rows }) => {
        const Elements = columns.map(({ label, look, width }, at) => ({
          ...look,
          HeaderLabel: label.join(''),
          HeaderFormat: look.Format,
          Source: `v${at}`,
          WidthPercentage: width,
        }))
        const items = Array<JsonObject>(rows).fill(valuesOf(columns.map(({ value }) => value)))
        const printing = { sections: [{ Type: 'Table', DataSource: 'd', Elements }], settings: printer }
        const printed = inkOf(await printedLines({ ...printing, document: JSON.stringify({ d: items }) }))
        const wanted = columns.flatMap(({ label, value }) => [...label, ...Array(rows).fill(value).flat()])
        expect(sorted(printed)).to.equal(
          sorted(wanted.map((piece: string) => onPaper(piece, printer.code_page)).join('')),
        )
      }),
      { numRuns: 300 },
    )
  })

  for (const [code_page, shown] of [
    [16, 'Ñandú ¿café? €'],
    [19, 'Ñandú ¿café? €'],
    [0, 'Ñandú ¿café? EUR'],
  ] as const) {
    it(`is '${shown}' under code page ${code_page}`, async () => {
      const job = await printedJob(everywhere('Ñandú ¿café? €', { code_page }))
      expect(job.codePage).to.equal(code_page)
      expect(job.lines.filter((line) => line !== '').map((line) => line.trim())).to.deep.equal(
        Array(5).fill(shown),
      )
    })
  }

  it('is what a printer with code pages of its own shows', async () => {
    const own: ThermalConfiguration = { code_page: 254, encoding: 'cp858' }
    const { lines, codePage } = await printedJob(everywhere('Ñandú ¿café? €', own))
    expect([codePage, lines[0]]).to.deep.equal([254, 'Ñandú ¿café? €'])
  })

  it('is never a command', async () => {
    const hostile = `x${COMMANDS.join('')}${String.fromCharCode(...Array(32).keys()).replace(/[\t\n\r]/g, '')}y`
    const job = await printedJob(everywhere(hostile, {}))
    const shown = `x${COMMANDS.map((piece) => onPaper(piece, 16)).join('')}y`
    expect(job.lines.filter((line) => line !== '').map((line) => line.trim())).to.deep.equal(
      Array(5).fill(shown),
    )
    expect(job.end).to.deep.equal(['feed', 'full'])
    expect(job.printed.filter(({ kind }) => kind === 'statusRequest' || kind === 'drawer')).to.deep.equal([])
  })
})

/** A text as label and as value, in a table, as the name of a barcode and as that of a broken picture. */
function everywhere(text: string, printer: ThermalConfiguration): Printing {
  const table = { Type: 'Table', DataSource: '.', Elements: [{ HeaderLabel: text, Source: 'a' }] }
  return {
    sections: [{ Elements: [{ Label: text }, { Source: 'a' }] }, table],
    document: JSON.stringify({ a: text }),
    media: JSON.stringify({ Barcodes: [{ Value: '1', Name: text }] }),
    settings: printer,
  }
}

function valuesOf(values: readonly (readonly string[])[]): JsonObject {
  return Object.fromEntries(values.map((value, at) => [`v${at}`, value.join('')]))
}

function inkOf(lines: readonly string[]): string {
  return lines.join('').replace(/[ \u00a0]/g, '')
}

function sorted(text: string): string {
  return [...text].sort().join('')
}
