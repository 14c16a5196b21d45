import { expect } from 'chai'
import fc from 'fast-check'
import { inferPrintTarget, PRINT_TARGETS, TARGET_STOCKS } from '../../lib/printers/print-target.ts'

const inch = (width: number, height: number) => ({ widthPt: width * 72, heightPt: height * 72 })
const mm = (width: number, height: number) => inch(width / 25.4, height / 25.4)

const CASES = [
  [inch(2.25, 1.25), 'SMALL_LABEL'],
  [inch(2.6, 1.6), 'SMALL_LABEL'],
  [inch(1.25, 2.25), 'LABEL'],
  [inch(2.61, 1.6), 'LABEL'],
  [inch(2.6, 1.61), 'LABEL'],
  [inch(4, 6), 'LABEL'],
  [inch(6, 4), 'LABEL'],
  [inch(4, 8), 'LABEL'],
  [inch(4.5, 8.5), 'LABEL'],
  [inch(8.5, 4.5), 'LABEL'],
  [mm(100, 150), 'LABEL'],
  [mm(105, 148), 'LABEL'],
  [inch(4.51, 6), 'LASER'],
  [inch(4, 8.51), 'LASER'],
  [inch(8.5, 11), 'LASER'],
  [mm(210, 297), 'LASER'],
  [mm(148, 210), 'LASER'],
] as const

const side = fc.double({ min: 1, max: 3000, noNaN: true })
const page = fc.record({ widthPt: side, heightPt: side })
const rank = (target: (typeof PRINT_TARGETS)[number]) => ['SMALL_LABEL', 'LABEL', 'LASER'].indexOf(target)

describe('the target of a file that names none', () => {
  for (const [size, target] of CASES) {
    const width = (size.widthPt / 72).toFixed(2)
    it(`is ${target} for ${width} x ${(size.heightPt / 72).toFixed(2)} in`, () => {
      expect(inferPrintTarget(size)).to.equal(target)
    })
  }

  it('forgives what rounding to points adds to a limit, and no more', () => {
    expect(inferPrintTarget({ widthPt: 324.009, heightPt: 612.009 })).to.equal('LABEL')
    expect(inferPrintTarget({ widthPt: 324.02, heightPt: 612 })).to.equal('LASER')
  })

  it('never becomes a smaller paper when the page grows', () => {
    fc.assert(
      fc.property(page, side, side, (size, wider, higher) => {
        const grown = { widthPt: size.widthPt + wider, heightPt: size.heightPt + higher }
        return rank(inferPrintTarget(grown)) >= rank(inferPrintTarget(size))
      }),
    )
  })

  it('does not change when a page that is not a small label is turned to another one', () => {
    fc.assert(
      fc.property(page, (size) => {
        const turned = inferPrintTarget({ widthPt: size.heightPt, heightPt: size.widthPt })
        const targets = [inferPrintTarget(size), turned]
        return targets.includes('SMALL_LABEL') || targets[0] === targets[1]
      }),
    )
  })

  it('has a stock of its own for each target, to which that stock leads back', () => {
    for (const target of PRINT_TARGETS) expect(inferPrintTarget(TARGET_STOCKS[target].page)).to.equal(target)
  })
})
