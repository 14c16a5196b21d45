import { expect } from 'chai'
import fc from 'fast-check'
import {
  hidesLabel,
  isUnchanged,
  placePage,
  placeRegion,
  type SheetSettings,
} from '../../lib/rendering/page-placement.ts'

const inches = (width: number, height: number) => ({ widthPt: width * 72, heightPt: height * 72 })
const LETTER = inches(8.5, 11)
const STOCK = inches(4, 6)

const ON_LETTER: SheetSettings = {
  paper: LETTER,
  paperKind: 'asked',
  isLabelStock: false,
  orientation: 'portrait',
  scaling: null,
}
const ON_LABEL: SheetSettings = { ...ON_LETTER, paper: STOCK, isLabelStock: true }

const pages = fc.record({
  widthPt: fc.double({ min: 10, max: 14_400, noNaN: true }),
  heightPt: fc.double({ min: 10, max: 14_400, noNaN: true }),
})

describe('a page on its paper', () => {
  it('is shrunk if it is larger, in its proportions, and never enlarged', () => {
    expect(placePage(inches(17, 22), ON_LETTER)).to.deep.include({
      scale: 0.5,
      left: 0,
      top: 0,
      sheet: LETTER,
    })
    expect(placePage(inches(4, 5), ON_LETTER)).to.deep.include({ scale: 1, left: 162, top: 216 })
    fc.assert(
      fc.property(pages, (page) => {
        const { scale, left, top, sheet } = placePage(page, ON_LETTER)
        expect(scale).to.be.at.most(1)
        expect(left).to.be.at.least(-1)
        expect(top).to.be.at.least(-1)
        expect(left * 2 + page.widthPt * scale).to.be.closeTo(sheet.widthPt, 1e-6)
        expect(top * 2 + page.heightPt * scale).to.be.closeTo(sheet.heightPt, 1e-6)
      }),
    )
  })

  it('is scaled by the factor that was asked for, about its centre', () => {
    const { scale, left, top } = placePage(LETTER, { ...ON_LETTER, scaling: 0.5 })
    expect([scale, left, top]).to.deep.equal([0.5, 153, 198])
    expect(placePage(LETTER, { ...ON_LETTER, scaling: 2 })).to.deep.include({ left: -306, top: -396 })
  })

  it('has the paper as it lies', () => {
    expect(placePage(inches(11, 8.5), ON_LETTER)).to.deep.include({
      scale: 1,
      quarterTurns: 0,
      sheet: inches(11, 8.5),
    })
    expect(placePage(inches(6, 4), ON_LABEL)).to.deep.include({
      scale: 1,
      quarterTurns: 0,
      sheet: inches(6, 4),
    })
  })

  it('is turned for landscape, and fitted as it lies then', () => {
    const landscape = { ...ON_LETTER, orientation: 'landscape' as const }
    expect(placePage(inches(11, 8.5), landscape)).to.deep.include({
      scale: 1,
      quarterTurns: 1,
      sheet: LETTER,
    })
    const upright = placePage(LETTER, landscape)
    expect(upright).to.deep.include({ quarterTurns: 1, sheet: LETTER, left: 0 })
    expect(upright.scale).to.be.closeTo(8.5 / 11, 1e-9)
  })

  it('is never scaled nor turned when it is a label of the size of its stock, within half a millimetre', () => {
    for (const page of [STOCK, inches(4.015, 6.015), inches(3.99, 5.99), inches(6.01, 4.01)]) {
      for (const orientation of ['portrait', 'landscape'] as const) {
        expect(placePage(page, { ...ON_LABEL, orientation })).to.include({ scale: 1, quarterTurns: 0 })
      }
    }
    expect(placePage(inches(4.1, 6), ON_LABEL).scale).to.be.closeTo(4 / 4.1, 1e-9)
  })

  it('stays the page it is on paper that nobody asked for, if it fits', () => {
    const loaded: SheetSettings = { ...ON_LETTER, paperKind: 'loaded' }
    for (const page of [LETTER, inches(4, 6), inches(11, 8.5)]) {
      expect(isUnchanged(page, placePage(page, loaded))).to.equal(true)
    }
    expect(placePage(inches(11, 17), loaded)).to.deep.include({ sheet: LETTER })
    expect(isUnchanged(inches(4, 6), placePage(inches(4, 6), ON_LETTER))).to.equal(false)
  })

  it('is as long as it has to be on a roll', () => {
    const roll: SheetSettings = { ...ON_LETTER, paper: { widthPt: 204, heightPt: 800 }, paperKind: 'roll' }
    expect(placePage({ widthPt: 408, heightPt: 300 }, roll)).to.deep.include({
      scale: 0.5,
      left: 0,
      sheet: { widthPt: 204, heightPt: 150 },
    })
    expect(placePage({ widthPt: 104, heightPt: 30 }, roll)).to.deep.include({ scale: 1, left: 50, top: 0 })
  })
})

describe('the label on a larger page', () => {
  it('is looked for where the page is larger than a stock of labels in both directions', () => {
    expect(hidesLabel(LETTER, ON_LABEL)).to.equal(true)
    expect(hidesLabel(inches(11, 8.5), ON_LABEL)).to.equal(true)
    for (const page of [STOCK, inches(4, 11), inches(8.5, 4), inches(4.01, 6.01)]) {
      expect(hidesLabel(page, ON_LABEL), JSON.stringify(page)).to.equal(false)
    }
    expect(hidesLabel(LETTER, { ...ON_LABEL, scaling: 0.5 })).to.equal(false)
    expect(hidesLabel(inches(11, 17), ON_LETTER)).to.equal(false)
  })

  it('comes unscaled into the middle of the stock, either way up', () => {
    const region = { left: 72, top: 100, width: 280, height: 420 }
    expect(placeRegion(LETTER, region, STOCK)).to.deep.equal({
      sheet: STOCK,
      left: 4 - 72,
      top: 6 - 100,
      scale: 1,
      quarterTurns: 0,
    })
    const lying = { left: 0, top: 0, width: 420, height: 280 }
    expect(placeRegion(LETTER, lying, STOCK)).to.deep.include({ sheet: inches(6, 4), scale: 1 })
  })

  it('is not there when the region is larger than the stock', () => {
    expect(placeRegion(LETTER, { left: 0, top: 0, width: 300, height: 440 }, STOCK)).to.equal(undefined)
  })
})
