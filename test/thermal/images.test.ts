import { expect } from 'chai'
import type { JsonObject } from '../../lib/thermal/json-text.ts'
import type { ThermalConfiguration } from '../../lib/thermal/thermal-settings.ts'
import type { PrintedPicture } from '../helpers/escpos-interpreter/paper.ts'
import { aPicture, printedItems, printedLines, refusal } from './receipt-kit.ts'

const requested = (...images: readonly JsonObject[]): { media: string } => ({
  media: JSON.stringify({ Images: images }),
})

async function pictures(image: JsonObject, settings: ThermalConfiguration = {}): Promise<PrintedPicture[]> {
  return (await printedItems({ ...requested(image), settings })).filter((item) => item.kind === 'picture')
}

async function base64(width: number, height: number, colour: string, type?: 'jpeg'): Promise<string> {
  return (await aPicture(width, height, colour, type)).toString('base64')
}

function shapes(found: readonly PrintedPicture[]): string[] {
  return found.map(({ widthDots, heightDots }) => `${widthDots}x${heightDots}`)
}

describe('images', () => {
  it('are one dot a pixel without WidthMm, and end in 8 white rows', async () => {
    const [picture] = await pictures({ Base64: await base64(16, 3, 'black'), Align: 'left' })
    expect(Buffer.from(picture?.bits ?? []).toString('hex')).to.equal('ffff'.repeat(3) + '0000'.repeat(8))
    expect(picture).to.include({ xDots: 0, heightDots: 11, widthDots: 16 })
  })

  it('are 8 dots a millimetre wide, but no wider than the paper, and keep their proportions', async () => {
    const Base64 = await base64(100, 50, 'black', 'jpeg')
    expect(shapes(await pictures({ Base64, WidthMm: 40, Align: 'left' }))).to.deep.equal(['320x168'])
    expect(shapes(await pictures({ Base64, WidthMm: '500', Align: 'left' }))).to.deep.equal([
      '576x255',
      '576x41',
    ])
    expect(shapes(await pictures({ Base64: await base64(1152, 20, 'black') }))).to.deep.equal(['576x18'])
    expect(shapes(await pictures({ Base64, WidthMm: 72 }, { paper_width_mm: 58 }))).to.deep.equal(['384x200'])
  })

  it('are aligned by white dots from the left edge, in the centre unless asked', async () => {
    const Base64 = await base64(8, 1, 'black')
    const rows = async (Align?: string) =>
      (await pictures({ Base64, ...(Align === undefined ? {} : { Align }) }))[0]?.bits.subarray(0, 72)
    expect((await rows())?.indexOf(0x0f)).to.equal(35)
    expect((await rows('Right'))?.indexOf(0xff)).to.equal(71)
    expect((await rows('left'))?.indexOf(0xff)).to.equal(0)
  })

  it('go in bands of at most 255 rows, with nothing between them', async () => {
    const found = await pictures({ Base64: await base64(8, 600, 'black'), Align: 'left' })
    expect(shapes(found)).to.deep.equal(['8x255', '8x255', '8x98'])
    expect(Buffer.concat(found.map(({ bits }) => bits)).toString('hex')).to.equal(
      'ff'.repeat(600) + '00'.repeat(8),
    )
  })

  it('are dithered: grey is as many black dots as it is dark, and always the same', async () => {
    const image = { Base64: await base64(64, 64, '#404040'), Align: 'left' }
    const [first] = await pictures(image)
    const [second] = await pictures(image)
    const black = [...(first?.bits ?? [])].reduce(
      (sum, byte) => sum + byte.toString(2).replaceAll('0', '').length,
      0,
    )
    expect(black / (64 * 64)).to.be.within(0.74, 0.76)
    expect(first?.bits).to.deep.equal(second?.bits)
  })

  it('may have a data: prefix and white space, and transparency is white', async () => {
    const transparent = (await aPicture(8, 1, 'white')).toString('base64')
    const [picture] = await pictures({
      Base64: `data:image/png;base64,\n ${transparent.replace(/(.{20})/g, '$1\r\n')}`,
    })
    expect(picture?.bits.every((byte) => byte === 0)).to.equal(true)
  })

  it('that are broken leave a line with their name, within the paper', async () => {
    const whole = await aPicture(20, 20, 'black')
    const cut = whole.subarray(0, whole.length - 30).toString('base64')
    expect(await printedLines(requested({ Id: 'logo', Base64: cut }))).to.deep.equal(['[image logo]'])
    expect(await printedLines(requested({ Id: 'a\nb\u001b', Base64: 'AAAA' }))).to.deep.equal(['[image a b]'])
    expect(await printedLines(requested({ Base64: '***' }))).to.deep.equal(['[image]'])
    const [line] = await printedItems(requested({ Id: 'x', Base64: 'R0lGODlhAQABAAAAACw=', Align: 'right' }))
    expect(line).to.include({ kind: 'line', text: '[image x]', justification: 'right' })
    expect(await printedLines(requested({ Id: 'n'.repeat(60), Base64: 'AAAA' }))).to.deep.equal([
      '[image',
      'n'.repeat(48),
      `${'n'.repeat(12)}]`,
    ])
  })

  it('that are empty print nothing', async () => {
    expect((await printedItems(requested({ Id: 'a', Base64: ' ' }, { Id: 'b' }))).length).to.equal(0)
  })

  it('of more than 20 megapixels are refused by their header', async () => {
    const header = (await aPicture(1, 1, 'black')).subarray(0, 33)
    header.writeUInt32BE(5000, 16)
    header.writeUInt32BE(4001, 20)
    const words = 'ThermalError Images[1]: it has more than 20 megapixels'
    expect(await refusal(requested({}, { Base64: header.toString('base64') }))).to.equal(words)
    const jpeg = await aPicture(1, 1, 'black', 'jpeg')
    const frame = jpeg.indexOf(Buffer.from('ffc0', 'hex'))
    jpeg.writeUInt16BE(5000, frame + 5)
    jpeg.writeUInt16BE(4001, frame + 7)
    expect(await refusal(requested({}, { Base64: jpeg.toString('base64') }))).to.equal(words)
    header.writeUInt32BE(4000, 20)
    expect(await printedLines(requested({ Base64: header.toString('base64') }))).to.deep.equal(['[image]'])
  })

  it('of an Image element have its align, else its section’s', async () => {
    const Elements = [{ Type: 'Image', Source: 'logo', Properties: { WidthMm: 2 } }]
    const document = JSON.stringify({ logo: await base64(4, 4, 'black') })
    const [right] = await printedItems({ sections: [{ Align: 'Right', Elements }], document })
    expect(right).to.include({ kind: 'picture', widthBytes: 72 })
    const [left] = await printedItems({ sections: [{ Elements }], document })
    expect(left).to.include({ kind: 'picture', widthBytes: 2, heightDots: 24 })
    expect(await printedLines({ sections: [{ Elements }], document: '{"logo":"AAAA"}' })).to.deep.equal([
      '[image]',
    ])
  })
})
