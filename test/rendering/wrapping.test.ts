import { expect } from 'chai'
import { pino } from 'pino'
import sharp from 'sharp'
import type { Rendering } from '../../lib/rendering/rendering.ts'
import { createRendering } from '../../lib/rendering/rendering-pool.ts'
import { makeJpeg, makePdf, makePng } from '../helpers/documents.ts'
import { type Pixels, pixelsOf } from './pixels.ts'
import { refusalOf } from './refusal.ts'

const LABEL = { widthPt: 288, heightPt: 432 }
const log = pino({ level: 'silent' })

function brightness(pixels: Pixels, x: number, y: number): number {
  const [red = 0, green = 0, blue = 0] = pixels.at(x, y)
  return (red + green + blue) / 3
}

/** First and last column and row that are not white. */
function inkBox(pixels: Pixels) {
  const box = { left: pixels.width, top: pixels.height, right: -1, bottom: -1 }
  for (let y = 0; y < pixels.height; y += 1) {
    for (let x = 0; x < pixels.width; x += 1) {
      if (brightness(pixels, x, y) > 240) continue
      box.left = Math.min(box.left, x)
      box.right = Math.max(box.right, x)
      box.top = Math.min(box.top, y)
      box.bottom = Math.max(box.bottom, y)
    }
  }
  return box
}

describe('wrapping an image into a page', () => {
  let rendering: Rendering

  before(() => {
    rendering = createRendering({ log })
  })

  after(async () => {
    await rendering.close()
  })

  async function drawn(image: Uint8Array, dpi = 203, page = LABEL): Promise<Pixels> {
    return pixelsOf(await rendering.drawPage(await rendering.wrapImage(image, page), 1, dpi))
  }

  it('gives one page of exactly the size that was asked for', async () => {
    const pdf = await rendering.wrapImage(await makePng(), { widthPt: 162.5, heightPt: 90.25 })
    expect(await rendering.inspect(pdf, { dpi: 203 })).to.deep.include({
      pageCount: 1,
      firstPage: { widthPt: 162.5, heightPt: 90.25 },
    })
  })

  it('reproduces every dot of a picture at the density of the printer', async () => {
    const bars = Buffer.from(
      Array.from({ length: 812 * 1218 }, (_, index) => ((index % 812) % 3 === 0 ? 0 : 255)),
    )
    const raw = sharp(bars, { raw: { width: 812, height: 1218, channels: 1 } })
    const image = await raw.withDensity(203).png().toBuffer()
    const pixels = await drawn(image)
    for (let x = 0; x < 812; x += 1)
      expect(brightness(pixels, x, 600), `column ${x}`).to.equal(x % 3 === 0 ? 0 : 255)
  })

  it('centres a smaller picture on whole dots, not enlarged', async () => {
    const pixels = await drawn(await makePng({ widthPx: 401, heightPx: 300, dpi: 203 }))
    expect(inkBox(pixels)).to.deep.equal({ left: 205, top: 459, right: 605, bottom: 758 })
  })

  it('shrinks a larger picture to the page and keeps its proportions', async () => {
    const { left, right, top, bottom } = inkBox(
      await drawn(await makePng({ widthPx: 1624, heightPx: 1624, dpi: 203 })),
    )
    expect([left, right]).to.deep.equal([0, 811])
    expect(bottom - top).to.be.closeTo(811, 2)
    expect(top).to.be.closeTo(203, 2)
  })

  it('takes 300 dpi where the picture states a screen density or none', async () => {
    for (const options of [{ dpi: 72 }, {}]) {
      const { left, right } = inkBox(
        await drawn(await makePng({ widthPx: 600, heightPx: 600, ...options }), 300),
      )
      expect(right - left).to.equal(599)
    }
  })

  it('does not turn a picture that lies across the page', async () => {
    const { left, right, top, bottom } = inkBox(
      await drawn(await makePng({ widthPx: 1200, heightPx: 600, dpi: 203 })),
    )
    expect(right - left).to.be.greaterThan(bottom - top)
  })

  it('shows a picture as EXIF says, whichever of the eight ways', async () => {
    for (let orientation = 1; orientation <= 8; orientation += 1) {
      const image = await makeJpeg({ widthPx: 400, heightPx: 600, dpi: 203, orientation })
      const seen = await pixelsOf(await sharp(image).autoOrient().toBuffer())
      const pixels = await drawn(image)
      const { left, top } = inkBox(pixels)
      for (const [across, down] of [
        [0.25, 0.25],
        [0.75, 0.25],
        [0.25, 0.75],
        [0.75, 0.75],
      ] as const) {
        const x = Math.round(seen.width * across)
        const y = Math.round(seen.height * down)
        expect(brightness(pixels, left + x, top + y), `way ${orientation}`).to.be.closeTo(
          brightness(seen, x, y),
          8,
        )
      }
    }
  })

  it('embeds an upright JPEG byte for byte', async () => {
    const image = await makeJpeg()
    expect(Buffer.from(await rendering.wrapImage(image, LABEL)).includes(image)).to.equal(true)
  })

  it('puts white under what is transparent', async () => {
    const clear = { r: 0, g: 0, b: 0, alpha: 0 }
    const image = await sharp({ create: { width: 300, height: 300, channels: 4, background: clear } })
      .png()
      .toBuffer()
    expect(inkBox(await drawn(image)).right).to.equal(-1)
  })

  it('keeps the shades of a PNG whatever its form: grey, 16 bits, palette, interlaced', async () => {
    const shade = { create: { width: 300, height: 300, channels: 3 as const, background: '#666666' } }
    const forms = [
      sharp(shade).toColourspace('b-w').png(),
      sharp(shade).toColourspace('rgb16').png(),
      sharp(shade).toColourspace('grey16').png(),
      sharp(shade).png({ palette: true }),
      sharp(shade).png({ progressive: true }),
    ]
    for (const [index, form] of forms.entries()) {
      const pixels = await drawn(await form.toBuffer())
      expect(brightness(pixels, 406, 609), `form ${index}`).to.be.closeTo(0x66, 1)
    }
  })

  it('keeps the colours of a JPEG in CMYK', async () => {
    const red = { create: { width: 300, height: 300, channels: 3 as const, background: '#d02020' } }
    const pixels = await drawn(await sharp(red).toColourspace('cmyk').jpeg().toBuffer())
    const [r = 0, g = 0, b = 0] = pixels.at(406, 609)
    expect(r).to.be.greaterThan(150)
    expect(Math.max(g, b)).to.be.lessThan(100)
  })

  it('gives the same bytes for the same picture, in another worker too', async () => {
    const other = createRendering({ log })
    try {
      for (const image of [await makePng(), await makeJpeg(), await makeJpeg({ orientation: 6 })]) {
        const [first, second] = await Promise.all([
          rendering.wrapImage(image, LABEL),
          other.wrapImage(image, LABEL),
        ])
        expect(Buffer.compare(first, second)).to.equal(0)
      }
    } finally {
      await other.close()
    }
  })

  it('refuses what is not an image, or half of one', async () => {
    await refusalOf(rendering.wrapImage(await makePdf(), LABEL), 'wrong_type')
    await refusalOf(rendering.wrapImage(Buffer.from('no image'), LABEL), 'wrong_type')
    const png = await makePng()
    await refusalOf(rendering.wrapImage(png.subarray(0, png.length / 2), LABEL), 'unreadable')
  })
})
