import { expect } from 'chai'
import type { JsonObject } from '../../lib/thermal/json-text.ts'
import type { ThermalConfiguration } from '../../lib/thermal/thermal-settings.ts'
import { type Printing, printedBytes, printedItems, refusal } from './receipt-kit.ts'

const requested = (...qrs: readonly JsonObject[]): { media: string } => ({
  media: JSON.stringify({ QRs: qrs }),
})

interface ReadQr {
  readonly justification: string
  readonly size: number
  readonly data: string
}

/** As the printer draws them, all of model 2 and level L. */
async function readQrs(printing: Printing): Promise<ReadQr[]> {
  const found = (await printedItems(printing)).filter((item) => item.kind === 'qr')
  return found.map(({ justification, moduleDots, data, model, level }) => {
    expect([model, level]).to.deep.equal([2, 'L'])
    return { justification, size: moduleDots, data: Buffer.from(data).toString() }
  })
}

function qrs(qr: JsonObject, settings: ThermalConfiguration = {}): Promise<ReadQr[]> {
  return readQrs({ ...requested(qr), settings })
}

describe('QR codes', () => {
  it('are drawn by the printer: model 2, size, level L, data, print', async () => {
    expect(await printedBytes(requested({ Value: 'é', Size: 6, Align: 'left' }))).to.equal(
      '\n\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E0\x1d(k\x05\x001P0\xc3\xa9\x1d(k\x03\x001Q0\n',
    )
  })

  it('stand in the centre with 3 dots a module, unless asked', async () => {
    expect(await qrs({ Value: 'x' })).to.deep.equal([{ justification: 'centre', size: 3, data: 'x' }])
    expect(await qrs({ Value: 'x', Size: '16', Align: 'Right' })).to.deep.equal([
      { justification: 'right', size: 16, data: 'x' },
    ])
    expect((await qrs({ Value: 'x', Size: 0 }))[0]?.size).to.equal(1)
    expect((await qrs({ Value: 'x', Size: 17 }))[0]?.size).to.equal(16)
  })

  it('have at least four modules of white above and below', async () => {
    const feeds = async (printing: Parameters<typeof printedBytes>[0]) =>
      /^(?:\x1b.{1,2})*?(\n+).*?(\n+)/s
        .exec((await printedBytes(printing)).replace(/\x1b[a3]./gs, ''))
        ?.slice(1)
    expect(await feeds(requested({ Value: 'x', Size: 16 }))).to.deep.equal(['\n\n\n', '\n\n\n'])
    const sections = [{ LineSpacing: 1, Elements: [{ Type: 'qrcode', StaticValue: 'x', Size: 6 }] }]
    expect(await feeds({ sections })).to.deep.equal(['\n\n', '\n\n'])
  })

  it('are made smaller until they fit the paper, counted in byte mode', async () => {
    // Version 40 is 177 modules, version 39 has room for 2809 bytes and is 173.
    expect((await qrs({ Value: '1'.repeat(2953), Size: 16 }))[0]?.size).to.equal(3)
    expect((await qrs({ Value: '1'.repeat(2953), Size: 16 }, { paper_width_mm: 58 }))[0]?.size).to.equal(2)
    expect((await qrs({ Value: 'x'.repeat(17), Size: 16 }))[0]?.size).to.equal(16)
    // Version 3, 29 modules: 13 dots each on 384.
    expect((await qrs({ Value: 'x'.repeat(33), Size: 16 }, { paper_width_mm: 58 }))[0]?.size).to.equal(13)
  })

  it('are not printed when they are empty, and refused beyond 2953 bytes', async () => {
    expect(await qrs({ Value: '' })).to.deep.equal([])
    expect(await refusal(requested({}, { Value: 'é'.repeat(1477) }))).to.equal(
      'ThermalError QRs[1]: the value has more than 2953 bytes',
    )
    expect(
      await refusal({ sections: [{ Elements: [{ Type: 'QR', StaticValue: 'x'.repeat(2954) }] }] }),
    ).to.equal('ThermalError Template x: the value has more than 2953 bytes')
  })

  it('hold any text as their data, commands too', async () => {
    const Value = '\u001b@\u001dV\u0000\n漢字 10.50'
    expect((await qrs({ Value }))[0]?.data).to.equal(Value)
  })

  it('of a template have its align, and a number as it was written', async () => {
    const sections = [
      {
        Align: 'Center',
        Elements: [{ Type: 'QrCode', Source: 'n', Align: 'Right', Properties: { Size: 5 } }],
      },
    ]
    const found = await readQrs({ sections, document: '{"n":10.50}' })
    expect(found).to.deep.equal([{ justification: 'right', size: 5, data: '10.50' }])
  })
})
