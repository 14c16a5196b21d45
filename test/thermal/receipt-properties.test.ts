import { expect } from 'chai'
import fc from 'fast-check'
import { CODE_PAGE_ENCODINGS } from '../../lib/thermal/code-pages.ts'
import type { JsonObject, JsonValue } from '../../lib/thermal/json-text.ts'
import { drawItems } from '../../lib/thermal/receipt-drawing.ts'
import { type ThermalConfiguration, thermalSettings } from '../../lib/thermal/thermal-settings.ts'
import { readJob } from '../helpers/thermal-job.ts'
import { aPicture, render } from './receipt-kit.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.stringMatching(/^[a-z \n]{0,120}$/),
  fc.constantFrom('\u001b@\u001dV\u0000', '€uro ñ', '2024-01-15T10:00:00Z', '👨‍👩‍👧'.repeat(20), '10.50'),
)
const align = fc.constantFrom('Left', 'center', 'RIGHT', 'middle')
const format = fc
  .array(
    fc.constantFrom(
      'Bold',
      'Underline',
      'FontA',
      'FontB',
      'Size2',
      'Size3',
      'Size7',
      'Size8',
      'Large',
      'DoubleWidth',
      'Currency',
    ),
    { maxLength: 4 },
  )
  .map((words) => words.join(' '))
const path = fc.constantFrom('a', 'b', 'c|a', '.', 'items', 'b.date', '')

/** Leaves out what is undefined, as JSON does. */
function optionally(members: Readonly<Record<string, fc.Arbitrary<JsonValue>>>): fc.Arbitrary<JsonObject> {
  return fc.record(members, { requiredKeys: [] }).map((object) => object as JsonObject)
}

const element = optionally({
  Type: fc.constantFrom('Text', 'Text', 'Text', 'Line', 'Image', 'Chart'),
  Label: text,
  Source: path,
  StaticValue: text,
  Format: format,
  Align: align,
  HeaderLabel: text,
  HeaderFormat: format,
  WidthPercentage: fc.oneof(fc.integer({ min: -5, max: 150 }), fc.double({ min: 0, max: 1e300 })),
  HideEmpty: fc.boolean(),
  Order: fc.integer({ min: 0, max: 3 }),
})
const section = optionally({
  Type: fc.constantFrom('Static', 'Table', 'Repeated'),
  DataSource: fc.constantFrom('items', 'a', '.', 'missing'),
  Format: format,
  Align: align,
  LineSpacing: fc.integer({ min: 0, max: 11 }),
  Elements: fc.array(element, { maxLength: 16 }),
})
const item = optionally({
  a: text,
  b: fc.oneof<fc.Arbitrary<JsonValue>[]>(fc.double(), fc.boolean(), text),
  c: fc.array(text, { maxLength: 3 }),
})
const document = optionally({ a: text, b: item, items: fc.array(fc.oneof(item, text), { maxLength: 4 }) })
const media = optionally({
  Images: fc.array(optionally({ Id: text, Base64: fc.base64String(), Align: align }), { maxLength: 2 }),
  Barcodes: fc.array(
    optionally({
      Value: fc.stringMatching(/^[0-9A-Z]{0,12}$/),
      Name: text,
      Price: text,
      Hri: fc.boolean(),
      Height: fc.integer({ min: 0, max: 300 }),
      Width: fc.integer({ min: 0, max: 8 }),
    }),
    { maxLength: 2 },
  ),
  QRs: fc.array(optionally({ Value: text, Size: fc.integer({ min: 0, max: 20 }), Align: align }), {
    maxLength: 2,
  }),
})
const settings: fc.Arbitrary<ThermalConfiguration> = fc.record({
  paper_width_mm: fc.constantFrom(80 as const, 58 as const),
  code_page: fc.constantFrom(...CODE_PAGE_ENCODINGS.keys()),
  cut: fc.constantFrom('full' as const, 'partial' as const, 'none' as const),
  beep: fc.boolean(),
  open_drawer: fc.boolean(),
  drawer_pin: fc.constantFrom(2 as const, 5 as const),
  locale: fc.constantFrom(null, 'es-CO', 'en-US', 'ar-EG'),
})

const printing = fc
  .record({ sections: fc.array(section, { maxLength: 4 }), document, media, settings })
  .map((parts) => ({
    ...parts,
    document: JSON.stringify(parts.document),
    media: JSON.stringify(parts.media),
  }))

describe('any receipt', () => {
  it('holds no bytes but text and the commands of section 7, and nothing wider than the paper', async () => {
    await fc.assert(
      fc.asyncProperty(printing, async (receipt) => {
        const { bytes } = await render(receipt)
        const paperDots = receipt.settings.paper_width_mm === 80 ? 576 : 384
        const { items } = readJob(bytes, receipt.settings)
        for (const found of items) {
          if (found.kind === 'line') expect(found.xDots + found.widthDots).to.be.at.most(paperDots)
          if (found.kind === 'picture') expect(found.xDots + found.widthDots).to.be.at.most(paperDots)
          if (found.kind === 'qr') expect(found.xDots + found.sizeDots).to.be.at.most(paperDots)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('has the same bytes whenever it is rendered, and a picture as wide as the paper', async () => {
    await fc.assert(
      fc.asyncProperty(printing, async (receipt) => {
        const first = await render(receipt)
        const second = await render(receipt)
        expect(first.bytes.equals(second.bytes)).to.equal(true)
        const raster = drawItems(first.items, thermalSettings(receipt.settings))
        expect(raster.widthBytes * 8).to.equal(receipt.settings.paper_width_mm === 80 ? 576 : 384)
      }),
      { numRuns: 50 },
    )
  })
})

describe('the limits of a receipt', () => {
  const refusal = async (sections: JsonObject[], document: string): Promise<string> => {
    try {
      await render({ sections, document })
    } catch (error) {
      return String(error)
    }
    return 'printed'
  }

  it('are 50 m of paper', async () => {
    const sections = [{ Elements: [{ Source: 'a' }] }]
    expect(await refusal(sections, JSON.stringify({ a: '\n'.repeat(14_000) }))).to.contain('longer than 50 m')
    expect(await refusal(sections, JSON.stringify({ a: '\n'.repeat(13_000) }))).to.equal('printed')
  })

  it('are half a million elements, printed or not', async () => {
    const sections = [
      { Type: 'Repeated', DataSource: 'a', Elements: Array<JsonObject>(64).fill({ Type: 'Chart' }) },
    ]
    expect(await refusal(sections, JSON.stringify({ a: Array(8000).fill(0) }))).to.contain('500000 elements')
  })

  it('are four million characters, read or encoded, whatever becomes of them', async () => {
    const document = JSON.stringify({ a: `x${'\u200b'.repeat(1_000_000)}` })
    const elements = (count: number): JsonObject[] => [
      { Elements: Array<JsonObject>(count).fill({ Source: 'a' }) },
    ]
    expect(await refusal(elements(2), document)).to.equal('printed')
    expect(await refusal(elements(5), document)).to.contain('4194304 characters')
  })

  it('are 100 megapixels, one after the other', async () => {
    const header = (await aPicture(1, 1, 'black')).subarray(0, 33)
    header.writeUInt32BE(5000, 16)
    header.writeUInt32BE(4000, 20)
    const elements = (count: number): JsonObject[] => [
      { Elements: Array<JsonObject>(count).fill({ Type: 'Image', Source: 'a' }) },
    ]
    const document = JSON.stringify({ a: header.toString('base64') })
    expect(await refusal(elements(5), document)).to.equal('printed')
    expect(await refusal(elements(6), document)).to.contain('100 megapixels')
  })

  const costly: readonly (readonly [string, string])[] = [
    ['accents on one letter', `a${'\u0301\u0316'.repeat(400_000)}`],
    ['emoji', '😀'.repeat(200_000)],
    ['spaces within a text', `a${' '.repeat(800_000)}b`],
    ['digits that are no number', `${'1'.repeat(500_000)}x`],
  ]
  for (const [what, value] of costly) {
    it(`make any number of ${what} a matter of seconds`, async () => {
      const started = performance.now()
      const sections = [
        { Elements: [{ Source: 'a', Format: 'Currency' }] },
        { Type: 'Repeated', DataSource: '.', Elements: [{ Type: 'Barcode', NameSource: 'a', Columns: 2 }] },
      ]
      const media = JSON.stringify({ QRs: [{ Value: 'x', Size: value }], Barcodes: [{ Name: value }] })
      await render({ sections, document: JSON.stringify({ a: value }), media })
      // What they took before they were bounded were hours; the limit is wide enough for a machine that is busy.
      expect(performance.now() - started).to.be.lessThan(20_000)
    })
  }

  it('refuse a barcode of a million characters before it is drawn', async () => {
    const started = performance.now()
    const sections = [{ Elements: [{ Type: 'Barcode', Source: 'a' }] }]
    expect(await refusal(sections, JSON.stringify({ a: '1'.repeat(1_000_000) }))).to.contain('too wide')
    expect(performance.now() - started).to.be.lessThan(5000)
  })
})
