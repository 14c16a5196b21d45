import { expect } from 'chai'
import fc from 'fast-check'
import { blackenArea, blackenDot, createRaster, sliceRaster } from '../../lib/thermal/raster.ts'

describe('a raster', () => {
  it('blackens an area as it does each of its dots, within its edges', () => {
    const area = fc.record({
      left: fc.integer({ min: -10, max: 50 }),
      top: fc.integer({ min: -3, max: 8 }),
      width: fc.integer({ min: 0, max: 60 }),
      height: fc.integer({ min: 0, max: 9 }),
    })
    fc.assert(
      fc.property(fc.array(area, { maxLength: 3 }), (areas) => {
        const whole = createRaster(40, 6)
        const dotted = createRaster(40, 6)
        for (const { left, top, width, height } of areas) {
          blackenArea(whole, { left, top, width, height })
          for (let y = top; y < top + height; y++) {
            for (let x = left; x < left + width; x++) blackenDot(dotted, x, y)
          }
        }
        expect(whole).to.deep.equal(dotted)
      }),
    )
  })

  it('has the most significant bit left, and whole bytes a row', () => {
    const raster = createRaster(9, 2)
    blackenDot(raster, 0, 0)
    blackenDot(raster, 8, 1)
    expect([...raster.bits]).to.deep.equal([0x80, 0, 0, 0x80])
  })

  it('is sliced into bands that are its rows again', () => {
    const raster = createRaster(8, 5)
    blackenArea(raster, { left: 0, top: 4, width: 8, height: 1 })
    const bands = sliceRaster(raster, 2)
    expect(bands.map(({ heightDots, bits }) => [heightDots, ...bits])).to.deep.equal([
      [2, 0, 0],
      [2, 0, 0],
      [1, 255],
    ])
  })
})
