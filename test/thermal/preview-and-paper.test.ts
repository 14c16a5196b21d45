import { expect } from 'chai'
import fc from 'fast-check'
import type { JsonObject } from '../../lib/thermal/json-text.ts'
import type { Raster } from '../../lib/thermal/raster.ts'
import { drawItems } from '../../lib/thermal/receipt-drawing.ts'
import { type ThermalConfiguration, thermalSettings } from '../../lib/thermal/thermal-settings.ts'
import type { Printed } from '../helpers/escpos-interpreter/paper.ts'
import { readJob } from '../helpers/thermal-job.ts'
import { aPicture, render } from './receipt-kit.ts'

const look = {
  Format: fc
    .array(fc.constantFrom('Bold', 'Underline', 'FontB', 'Size2', 'Size6', 'Large', 'DoubleWidth'), {
      maxLength: 3,
    })
    .map((words) => words.join(' ')),
  Align: fc.constantFrom('Left', 'Center', 'Right'),
}
const words = fc.stringMatching(/^[a-zA-Z0-9 ñÜ€\n]{0,100}$/)
const element: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ Type: fc.constant('Text'), StaticValue: words, ...look }),
  fc.record({ Type: fc.constant('Line'), ...look }),
  fc.record({ Type: fc.constant('Image'), Source: fc.constantFrom('small', 'tall', 'broken'), ...look }),
  fc.record({
    Type: fc.constant('QR'),
    StaticValue: fc.stringMatching(/^([a-z]{1,90}|[A-Z]{1,90}|[0-9]{1,90})$/),
    Size: fc.nat(16),
    ...look,
  }),
  fc.record({
    Type: fc.constant('Barcode'),
    StaticValue: fc.stringMatching(/^[A-Z0-9]{1,8}$/),
    Hri: fc.boolean(),
    Height: fc.integer({ min: 20, max: 90 }),
  }),
)
const section = fc.record({
  Type: fc.constantFrom('Static', 'Table'),
  DataSource: fc.constant('.'),
  LineSpacing: fc.option(fc.integer({ min: 1, max: 10 }), { nil: null }),
  Elements: fc.array(element, { maxLength: 6 }),
})
const settings: fc.Arbitrary<ThermalConfiguration> = fc.record({
  paper_width_mm: fc.constantFrom(80 as const, 58 as const),
  code_page: fc.constantFrom(0, 16, 19),
})

describe('a preview', () => {
  it('is what a printer makes of the bytes: as long, and with the same ink in the same places', async () => {
    const document = JSON.stringify({
      small: (await aPicture(60, 40, '#777')).toString('base64'),
      tall: (await aPicture(700, 600, 'black')).toString('base64'),
      broken: 'AAAA',
    })
    const receipts = fc.record({ sections: fc.array(section, { minLength: 1, maxLength: 3 }), settings })
    await fc.assert(
      fc.asyncProperty(receipts, async (receipt) => {
        const { bytes, items } = await render({ ...receipt, document })
        const paper = readJob(bytes, receipt.settings)
        const preview = drawItems(items, thermalSettings(receipt.settings))
        expect(preview.heightDots).to.equal(paper.heightDots)
        for (const item of paper.items) comparePlace(item, preview)
      }),
      { numRuns: 100 },
    )
  })
})

function comparePlace(item: Printed, preview: Raster): void {
  const ink = inkOf(preview, item.yDots, item.yDots + heightOf(item))
  if (item.kind === 'feed') expect(ink).to.equal(undefined)
  if (item.kind === 'qr') expect(ink).to.deep.equal([item.xDots, item.xDots + item.sizeDots - 1])
  if (item.kind === 'line') {
    expect(ink !== undefined, item.text).to.equal(item.text.trim() !== '' || item.runs.some(isUnderlined))
    const [left = item.xDots, right = item.xDots] = ink ?? []
    expect(left).to.be.at.least(item.xDots)
    expect(right).to.be.below(item.xDots + Math.max(1, item.widthDots))
  }
  if (item.kind === 'picture') {
    for (let y = 0; y < item.heightDots; y++) {
      const start = (item.yDots + y) * preview.widthBytes
      const row = Buffer.from(preview.bits.subarray(start, start + item.widthBytes))
      expect(row.equals(item.bits.subarray(y * item.widthBytes, (y + 1) * item.widthBytes))).to.equal(true)
    }
  }
}

function isUnderlined({ style }: { readonly style: { readonly underline: number } }): boolean {
  return style.underline > 0
}

function heightOf(item: Printed): number {
  if (item.kind === 'feed') return item.dots
  if (item.kind === 'qr') return item.sizeDots
  return item.kind === 'line' || item.kind === 'picture' ? item.heightDots : 0
}

/** The first and the last column that has black in these rows. */
function inkOf({ bits, widthBytes }: Raster, top: number, bottom: number): [number, number] | undefined {
  let left = Number.POSITIVE_INFINITY
  let right = -1
  for (let at = top * widthBytes; at < bottom * widthBytes; at++) {
    const byte = bits[at] ?? 0
    if (byte === 0) continue
    const x = (at % widthBytes) * 8
    left = Math.min(left, x + Math.clz32(byte) - 24)
    right = Math.max(right, x + 7 - (31 - Math.clz32(byte & -byte)))
  }
  return right < 0 ? undefined : [left, right]
}
