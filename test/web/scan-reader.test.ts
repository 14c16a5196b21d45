import { expect } from 'chai'
import * as fc from 'fast-check'
import { type KeyVerdict, ScanReader } from '../../web/scan/scan-reader.ts'

/** Presses the keys of a text, one every `gapMs`, then those named; answers what came of each. */
function press(reader: ScanReader, keys: readonly string[], { from = 1_000, gapMs = 5 } = {}): KeyVerdict[] {
  return keys.map((key, index) => reader.key(key, from + index * gapMs))
}

const scans = (verdicts: readonly KeyVerdict[]) =>
  verdicts.flatMap((verdict) => (verdict.kind === 'scan' ? [verdict.code] : []))

describe('a keyboard wedge', () => {
  it('is told by its speed: a burst with Enter or Tab at its end is a scan', () => {
    for (const end of ['Enter', 'Tab']) {
      expect(scans(press(new ScanReader(), [...'100000020-1', end]))).to.deep.equal(['100000020-1'])
    }
    expect(scans(press(new ScanReader(), ['Shift', 'A', 'Shift', 'B', 'C', 'D', 'Enter']))).to.deep.equal([
      'ABCD',
    ])
  })

  it('is told from a person, however short or long what is typed', () => {
    expect(scans(press(new ScanReader(), [...'100000020-1', 'Enter'], { gapMs: 80 }))).to.deep.equal([])
    expect(scans(press(new ScanReader(), ['a', 'b', 'Enter']))).to.deep.equal([])
  })

  it('is told from a person who pressed a key before', () => {
    const reader = new ScanReader()
    press(reader, [...'abc'], { from: 0, gapMs: 100 })
    expect(scans(press(reader, [...'PKG-7', 'Enter'], { from: 1_000 }))).to.deep.equal(['PKG-7'])
  })

  it('may send Enter twice: the second one is nobody’s', () => {
    const reader = new ScanReader()
    const verdicts = press(reader, [...'PKG-7', 'Enter', 'Enter'])
    expect(verdicts.slice(-2).map(({ kind }) => kind)).to.deep.equal(['scan', 'echo'])
    expect(reader.key('Enter', 2_000).kind).to.equal('none')
  })

  it('may send no Enter at all: then silence ends the scan', () => {
    const reader = new ScanReader()
    press(reader, [...'100000020-1'], { from: 1_000 })
    expect(reader.silence(1_060).kind).to.equal('none')
    expect(reader.silence(1_450)).to.deep.equal({ kind: 'scan', code: '100000020-1' })
    expect(reader.silence(1_900).kind).to.equal('none')
    press(reader, [...'abc'], { from: 3_000 })
    expect(reader.silence(3_500).kind).to.equal('none')
  })

  it('is no key that is held down', () => {
    const reader = new ScanReader()
    for (let at = 0; at < 20; at += 1) reader.key('x', 1_000 + at * 30, at > 0)
    expect(reader.key('Enter', 1_610).kind).to.equal('none')
  })

  it('may hiccup, as radios and busy machines do, anywhere and a few times', () => {
    const codes = fc.array(fc.constantFrom(...'ABCabc019-_/.:'), { minLength: 4, maxLength: 60 })
    fc.assert(
      fc.property(codes, fc.nat(60), fc.integer({ min: 46, max: 349 }), (code, at, hiccupMs) => {
        const reader = new ScanReader()
        const keys = [...code, 'Enter']
        const before = press(reader, keys.slice(0, at % keys.length), { gapMs: 8 })
        const from = 1_000 + (before.length - 1) * 8 + hiccupMs
        const after = press(reader, keys.slice(at % keys.length), { from, gapMs: 8 })
        expect(scans([...before, ...after])).to.deep.equal([code.join('')])
      }),
    )
    const thrice = new ScanReader()
    let now = 0
    const keys = [...'100000020-1', 'Enter']
    const verdicts = keys.map((key, index) => thrice.key(key, (now += [2, 6].includes(index) ? 200 : 10)))
    expect(scans(verdicts)).to.deep.equal(['100000020-1'])
  })

  it('gives every code back as it was, at every speed of a scanner', () => {
    const codes = fc.array(fc.constantFrom(...'ABCabc019-_/.:'), { minLength: 4, maxLength: 60 })
    fc.assert(
      fc.property(codes, fc.integer({ min: 1, max: 40 }), (code, gapMs) => {
        expect(scans(press(new ScanReader(), [...code, 'Enter'], { gapMs }))).to.deep.equal([code.join('')])
      }),
    )
  })
})
