import { expect } from 'chai'
import { PDFDocument, rgb } from 'pdf-lib'
import { pino } from 'pino'
import sharp from 'sharp'
import type { Rendering } from '../../lib/rendering/rendering.ts'
import { createRendering } from '../../lib/rendering/rendering-pool.ts'
import { makeEncryptedPdf, makeLabelPdf, makePdf, makeRawPdf } from '../helpers/documents.ts'
import { type Pixels, pixelsOf } from './pixels.ts'
import { refusalOf } from './refusal.ts'

const WHITE = [255, 255, 255]
const BLACK = [0, 0, 0]

/** Dots that are neither white nor nearly so. */
function inked(pixels: Pixels): number {
  let count = 0
  for (let y = 0; y < pixels.height; y += 1) {
    for (let x = 0; x < pixels.width; x += 1) if ((pixels.at(x, y)[0] ?? 255) < 128) count += 1
  }
  return count
}

describe('drawing a page', () => {
  let rendering: Rendering

  before(() => {
    rendering = createRendering({ log: pino({ level: 'silent' }) })
  })

  after(async () => {
    await rendering.close()
  })

  async function draw(pdf: Uint8Array, page = 1, dpi = 203): Promise<Pixels> {
    return pixelsOf(await rendering.drawPage(pdf, page, dpi))
  }

  it('gives a label of 4 x 6 in 812 x 1218 dots at 203 dpi, with its ink', async () => {
    const pixels = await draw(await makeLabelPdf())
    expect([pixels.width, pixels.height]).to.deep.equal([812, 1218])
    expect(inked(pixels)).to.be.within(812 * 1218 * 0.03, 812 * 1218 * 0.5)
    expect(pixels.at(2, 2)).to.deep.equal(WHITE)
  })

  it('rounds a size that is no whole number of dots', async () => {
    const pixels = await draw(await makePdf({ widthPt: 162, heightPt: 90 }))
    expect([pixels.width, pixels.height]).to.deep.equal([457, 254])
  })

  it('puts every dot where the page has it, in its colour', async () => {
    const document = await PDFDocument.create()
    const page = document.addPage([288, 432])
    // 100 dots from the left and 200 from the top; 50 wide and 60 high.
    const dot = 72 / 203
    page.drawRectangle({
      x: 100 * dot,
      y: 432 - 260 * dot,
      width: 50 * dot,
      height: 60 * dot,
      color: rgb(1, 0, 0),
    })
    const pixels = await draw(await document.save())
    const red = [255, 0, 0]
    for (const [x, y] of [
      [100, 200],
      [149, 200],
      [100, 259],
      [149, 259],
    ] as const) {
      expect(pixels.at(x, y), `${x},${y}`).to.deep.equal(red)
    }
    for (const [x, y] of [
      [98, 200],
      [151, 200],
      [100, 198],
      [100, 261],
    ] as const) {
      expect(pixels.at(x, y), `${x},${y}`).to.deep.equal(WHITE)
    }
  })

  it('draws the page that was asked for, counted from 1', async () => {
    const document = await PDFDocument.load(await makePdf({ pages: 2 }))
    document.addPage([72, 72]).drawRectangle({ x: 0, y: 0, width: 72, height: 72, color: rgb(0, 0, 0) })
    const pixels = await draw(await document.save(), 3, 72)
    expect([pixels.width, pixels.height]).to.deep.equal([72, 72])
    expect(pixels.at(36, 36)).to.deep.equal(BLACK)
  })

  it('draws fields of a form as they are filled', async () => {
    const document = await PDFDocument.create()
    const page = document.addPage([200, 100])
    const field = document.getForm().createTextField('sku')
    field.setText('SKU-00042')
    field.addToPage(page, { x: 20, y: 30, width: 160, height: 40, borderWidth: 0 })
    expect(inked(await draw(await document.save()))).to.be.greaterThan(300)
  })

  it('opens what is encrypted with an owner password alone', async () => {
    expect(inked(await draw(await makeEncryptedPdf({ ownerPassword: 'owner' })))).to.be.greaterThan(100)
  })

  it('says its resolution in the picture', async () => {
    const { density } = await sharp(await rendering.drawPage(await makePdf(), 1, 203)).metadata()
    expect(density).to.equal(203)
  })

  it('refuses a page of more than 64 megapixels', async () => {
    await refusalOf(
      rendering.drawPage(await makePdf({ widthPt: 14_400, heightPt: 14_400 }), 1, 203),
      'too_large',
    )
  })

  it('refuses a page whose forms multiply beyond the memory it may use, and draws the next one', async () => {
    const form = (next: number, content: string) =>
      `<</Type/XObject/Subtype/Form/BBox[0 0 288 432]/Resources<</XObject<</F ${next} 0 R>>>>` +
      `/Length ${content.length}>>stream\n${content}\nendstream`
    const tenTimes = '/F Do '.repeat(10)
    const bomb = makeRawPdf([
      '<</Type/Catalog/Pages 2 0 R>>',
      '<</Type/Pages/Kids[3 0 R]/Count 1>>',
      '<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]/Contents 4 0 R/Resources<</XObject<</F 4 0 R>>>>>>',
      ...Array.from({ length: 12 }, (_, index) => form(index + 5, tenTimes)),
      form(4, '0 0 10 10 re f'),
    ])
    await refusalOf(rendering.drawPage(bomb, 1, 203), 'unreadable')
    expect((await draw(await makeLabelPdf())).width).to.equal(812)
  })

  it('refuses a page that is not there', async () => {
    const pdf = await makePdf({ pages: 2 })
    for (const page of [0, 3, -1, 1.5]) await refusalOf(rendering.drawPage(pdf, page, 203), 'unreadable')
  })

  it('refuses what is not a PDF', async () => {
    await refusalOf(rendering.drawPage(Buffer.from('no PDF'), 1, 203), 'unreadable')
  })
})
