import { expect } from 'chai'
import { pino } from 'pino'
import sharp from 'sharp'
import { createRendering } from '../../lib/rendering/rendering-pool.ts'

const SCALE = { widthDots: null, maxWidthDots: 576, maxHeightDots: 1000 }

describe('decoding a picture to grey', () => {
  const rendering = createRendering({ log: pino({ level: 'silent' }), threads: 1 })
  after(() => rendering.close())

  const picture = (
    width: number,
    height: number,
    background: string | { r: number; g: number; b: number; alpha: number },
  ) => sharp({ create: { width, height, channels: 4, background } })

  it('keeps one dot a pixel and makes transparency white', async () => {
    const png = await picture(4, 2, { r: 0, g: 0, b: 0, alpha: 0 }).png().toBuffer()
    const grey = await rendering.decodeGrey(png, SCALE)
    expect(grey).to.include({ width: 4, height: 2 })
    expect([...(grey?.grey ?? [])]).to.deep.equal(Array(8).fill(255))
  })

  it('turns a picture as EXIF says, and scales it to the wanted width', async () => {
    const jpeg = await picture(40, 20, '#000000').jpeg().withMetadata({ orientation: 6 }).toBuffer()
    expect(await rendering.decodeGrey(jpeg, { ...SCALE, widthDots: 10 })).to.include({
      width: 10,
      height: 20,
    })
  })

  it('answers nothing for bytes that are no picture, a truncated one and one that would be too high', async () => {
    const png = await picture(50, 100, '#804020').png({ compressionLevel: 0 }).toBuffer()
    expect(await rendering.decodeGrey(Buffer.from('no picture'), SCALE)).to.equal(undefined)
    expect(await rendering.decodeGrey(png.subarray(0, 2000), SCALE)).to.equal(undefined)
    expect(await rendering.decodeGrey(png, { ...SCALE, maxHeightDots: 99 })).to.equal(undefined)
    expect(await rendering.decodeGrey(png, { ...SCALE, maxHeightDots: 100 })).to.include({ height: 100 })
  })
})
