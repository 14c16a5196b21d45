import { expect } from 'chai'
import sharp from 'sharp'
import type { JsonObject } from '../../lib/thermal/json-text.ts'
import { drawReceipt } from '../../lib/thermal/receipt.ts'
import { type ThermalConfiguration, thermalSettings } from '../../lib/thermal/thermal-settings.ts'
import { readSymbols } from '../helpers/symbol-reader.ts'
import { type Printing, render } from './receipt-kit.ts'

/** A preview's rows as text, `#` for black. */
async function preview(printing: Printing): Promise<{ rows: string[]; png: Buffer }> {
  const settings: ThermalConfiguration = printing.settings ?? {}
  const png = await drawReceipt((await render(printing)).items, thermalSettings(settings))
  const { data, info } = await sharp(png).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
  const rows = Array.from({ length: info.height }, (_, y) =>
    [...data.subarray(y * info.width, (y + 1) * info.width)].map((grey) => (grey === 0 ? '#' : ' ')).join(''),
  )
  return { rows, png }
}

const isBlank = (row: string): boolean => row.trim() === ''
/** `1B 64 08` at the default line spacing. */
const FEED = 240

describe('the picture of a receipt', () => {
  it('is as wide as the paper’s dots, black and white', async () => {
    for (const [paper_width_mm, width] of [
      [80, 576],
      [58, 384],
    ] as const) {
      const { png } = await preview({ settings: { paper_width_mm } })
      const metadata = await sharp(png).metadata()
      expect([metadata.format, metadata.width, metadata.height]).to.deep.equal(['png', width, FEED])
    }
  })

  it('has a line of 30 dots, of the section’s spacing, or of its highest character', async () => {
    const height = async (section: JsonObject) =>
      (await preview({ sections: [{ ...section, Elements: [{ Label: 'x' }] }] })).rows.length - FEED
    expect(await height({})).to.equal(30)
    expect(await height({ LineSpacing: 10 })).to.equal(150)
    expect(await height({ LineSpacing: 1 })).to.equal(24)
    expect(await height({ Format: 'Size3' })).to.equal(72)
    expect(await height({ LineSpacing: 1, Format: 'FontB' })).to.equal(17)
  })

  it('has every character in its cell of 12 or 9 dots, at the place of its alignment', async () => {
    const ink = async (element: JsonObject) => {
      const { rows } = await preview({ sections: [{ Elements: [element] }] })
      const columns = rows.flatMap((row) => [row.indexOf('#'), row.lastIndexOf('#')].filter((at) => at >= 0))
      return [Math.min(...columns), Math.max(...columns)]
    }
    const [left = -1, right = -1] = await ink({ Label: 'HH' })
    expect(left).to.be.within(0, 3)
    expect(right).to.be.within(20, 23)
    expect((await ink({ Label: 'HH', Align: 'right' }))[0]).to.equal(576 - 24 + left)
    expect((await ink({ Label: 'HH', Align: 'center' }))[0]).to.equal(276 + left)
    expect((await ink({ Label: 'H'.repeat(64), Format: 'FontB' }))[1]).to.be.within(571, 575)
    expect((await ink({ Label: 'H'.repeat(6), Format: 'Size8' }))[1]).to.be.within(552, 575)
  })

  it('draws characters larger dot for dot', async () => {
    const plain = (await preview({ sections: [{ Elements: [{ Label: 'é' }] }] })).rows.slice(0, 24)
    const large = (await preview({ sections: [{ Elements: [{ Label: 'é', Format: 'Size2' }] }] })).rows.slice(
      0,
      48,
    )
    const doubled = plain.flatMap((row) => {
      const wide = [...row]
        .map((dot) => dot + dot)
        .join('')
        .slice(0, 576)
      return [wide, wide]
    })
    expect(large).to.deep.equal(doubled)
  })

  it('draws bold, underlined and unknown shapes', async () => {
    const dots = async (element: JsonObject, settings: ThermalConfiguration = {}) =>
      (await preview({ sections: [{ Elements: [element] }], settings })).rows.join('').replaceAll(' ', '')
        .length
    const plain = await dots({ Label: 'n' })
    expect(await dots({ Label: 'n', Format: 'Bold' })).to.be.greaterThan(plain)
    expect(await dots({ Label: 'n', Format: 'Underline' })).to.equal(plain + 12)
    expect(await dots({ Label: 'ب' }, { code_page: 50 })).to.be.greaterThan(20)
  })

  it('has pictures where the bytes have them, and symbols that can be read', async () => {
    const media = JSON.stringify({
      Barcodes: [{ Value: 'FAC-001234', Height: 40 }],
      QRs: [{ Value: 'https://example.com/ñ', Size: 5 }],
    })
    const { rows } = await preview({ media })
    const bits = new Uint8Array(rows.length * 72)
    rows.forEach((row, y) => {
      ;[...row].forEach((dot, x) => {
        if (dot === '#') bits[y * 72 + (x >> 3)] = (bits[y * 72 + (x >> 3)] ?? 0) | (0x80 >> (x & 7))
      })
    })
    const symbols = await readSymbols({ widthBytes: 72, heightDots: rows.length, bits })
    expect(symbols.map(({ text }) => text).sort()).to.deep.equal([
      'FAC-001234',
      Buffer.from('https://example.com/ñ').toString('latin1'),
    ])
    expect(rows.slice(0, 8).every(isBlank)).to.equal(true)
    expect(isBlank(rows[8] ?? '')).to.equal(false)
    // Bars 40 and 8 white, one line of 30 before and after 25 modules of 5.
    expect(rows.length).to.equal(56 + 30 + 125 + 30 + FEED)
  })
})
