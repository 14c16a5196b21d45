import { expect } from 'chai'
import fc from 'fast-check'
import { EscPosError } from '../helpers/escpos-interpreter/byte-reader.ts'
import { interpret } from '../helpers/escpos-interpreter/interpret.ts'
import { qrModules } from '../helpers/escpos-interpreter/qr-size.ts'
import { all, linesOf, picturesOf, textOf } from '../helpers/escpos-interpreter/views.ts'

type Part = string | readonly number[]

const ESC = 0x1b
const GS = 0x1d
const LF = 0x0a
const QR_PRINT = [GS, 0x28, 0x6b, 3, 0, 49, 81, 48]

describe('the ESC/POS interpreter', () => {
  it('breaks a line that is full, as a printer does', () => {
    expect(textOf(paper('x'.repeat(48), [LF]))).to.deep.equal(['x'.repeat(48)])
    const lines = linesOf(paper('x'.repeat(49), [LF]))
    expect(lines.map(({ text, isBroken }) => [text.length, isBroken])).to.deep.equal([
      [48, true],
      [1, false],
    ])
  })

  it('counts a line by font, size and width of the paper', () => {
    expect(textOf(paper([ESC, 0x4d, 1], 'x'.repeat(64), [LF]))).to.have.length(1)
    expect(textOf(paper([ESC, 0x4d, 1], 'x'.repeat(65), [LF]))).to.have.length(2)
    expect(textOf(paper([GS, 0x21, 0x10], 'x'.repeat(25), [LF]))).to.have.length(2)
    expect(textOf(interpret(bytes('x'.repeat(33), [LF]), { paperDots: 384 }))).to.have.length(2)
  })

  it('gives the style of each run', () => {
    const [line] = linesOf(
      paper('a', [ESC, 0x45, 1, ESC, 0x2d, 1], 'b', [ESC, 0x45, 0, ESC, 0x2d, 0, GS, 0x21, 0x12], 'c', [LF]),
    )
    expect(line?.runs.map(({ text, xDots, widthDots }) => [text, xDots, widthDots])).to.deep.equal([
      ['a', 0, 12],
      ['b', 12, 12],
      ['c', 24, 24],
    ])
    expect(line?.runs[1]?.style).to.deep.include({ bold: true, underline: 1, widthFactor: 1, font: 'A' })
    expect(line?.runs[2]?.style).to.deep.include({
      bold: false,
      underline: 0,
      widthFactor: 2,
      heightFactor: 3,
    })
    expect(line).to.include({ heightDots: 72, widthDots: 48 })
  })

  it('reads the bits of ESC ! as the style that they mean', () => {
    const [line] = linesOf(paper([ESC, 0x21, 0xb9], 'a', [LF]))
    const style = { bold: true, underline: 1, widthFactor: 2, heightFactor: 2, font: 'B', inverted: false }
    expect(line?.runs[0]?.style).to.deep.equal(style)
  })

  it('places text by justification, position, margin and width of the print area', () => {
    const places = (...parts: Part[]) => linesOf(paper(...parts, [LF])).map(({ xDots }) => xDots)
    expect(places([ESC, 0x61, 1], 'abc')).to.deep.equal([270])
    expect(places([ESC, 0x61, 0x32], 'abc')).to.deep.equal([540])
    expect(places([GS, 0x4c, 24, 0, GS, 0x57, 100, 0, ESC, 0x61, 2], 'abc')).to.deep.equal([88])
    const [line] = linesOf(paper('a', [ESC, 0x24, 120, 0], 'b', [ESC, 0x5c, 0xe8, 0xff, LF]))
    expect(line?.text).to.equal('a         b')
  })

  it('moves the paper by line spacing, by lines, by dots and by what is taller', () => {
    const heights = (...parts: Part[]) => paper(...parts).heightDots
    expect(heights('a', [LF])).to.equal(30)
    expect(heights([ESC, 0x33, 10], 'a', [LF])).to.equal(24)
    expect(heights([ESC, 0x33, 70, LF])).to.equal(70)
    expect(heights([ESC, 0x33, 70, ESC, 0x32, LF])).to.equal(30)
    expect(heights([ESC, 0x64, 8])).to.equal(240)
    expect(heights([ESC, 0x4a, 100])).to.equal(100)
    expect(heights([GS, 0x21, 0x03], 'a', [LF])).to.equal(96)
  })

  it('decodes text by the code page that is selected', () => {
    const read = (page: number, ...text: number[]) => textOf(paper([ESC, 0x74, page], text, [LF]))[0]
    expect(read(16, 0x80, 0xd1)).to.equal('€Ñ')
    expect(read(19, 0xd5, 0xa5)).to.equal('€Ñ')
    expect(read(0, 0xa5, 0xe1)).to.equal('Ñß')
    expect(read(17, 0x80, 0xf1)).to.equal('Аё')
    expect(read(47, 0xe1)).to.equal('α')
  })

  it('joins the bands of a picture, unless something is between them', () => {
    const band = [GS, 0x76, 0x30, 0, 2, 0, 1, 0, 0x0f, 0xf0]
    const [joined] = picturesOf(paper(band, band))
    expect(joined).to.include({ widthDots: 16, widthBytes: 2, heightDots: 2, xDots: 0 })
    expect([...(joined?.bits ?? [])]).to.deep.equal([0x0f, 0xf0, 0x0f, 0xf0])
    expect(picturesOf(paper(band, [LF], band))).to.have.length(2)
  })

  it('stretches rasters and bit images as their mode says', () => {
    const [raster] = picturesOf(paper([GS, 0x76, 0x30, 3, 1, 0, 1, 0, 0xa0]))
    expect([...(raster?.bits ?? [])]).to.deep.equal([0xcc, 0, 0xcc, 0])
    const [columns] = picturesOf(paper([ESC, 0x2a, 0, 2, 0, 0x80, 0x01, LF]))
    expect(columns).to.include({ widthDots: 4, heightDots: 24 })
    expect(columns?.bits[0]).to.equal(0xc0)
    expect(columns?.bits[23]).to.equal(0x30)
  })

  it('prints stored graphics', () => {
    const store = [GS, 0x28, 0x4c, 12, 0, 48, 112, 48, 1, 1, 49, 4, 0, 2, 0, 0xf0, 0x90]
    const [picture] = picturesOf(paper(store, [GS, 0x28, 0x4c, 2, 0, 48, 50]))
    expect([...(picture?.bits ?? [])]).to.deep.equal([0xf0, 0x90])
    expect(picture).to.include({ source: 'graphics', widthDots: 4, heightDots: 2 })
  })

  it('keeps model, size, level and data of a QR code', () => {
    const set = [
      GS,
      0x28,
      0x6b,
      4,
      0,
      49,
      65,
      50,
      0,
      GS,
      0x28,
      0x6b,
      3,
      0,
      49,
      67,
      6,
      GS,
      0x28,
      0x6b,
      3,
      0,
      49,
      69,
      51,
    ]
    const [qr] = all(paper(set, [GS, 0x28, 0x6b, 5, 0, 49, 80, 48], 'hi', QR_PRINT), 'qr')
    expect(qr).to.include({ model: 2, moduleDots: 6, level: 'H', modules: 21, sizeDots: 126, xDots: 0 })
    expect(Buffer.from(qr?.data ?? []).toString()).to.equal('hi')
  })

  it('knows the capacities of ISO/IEC 18004', () => {
    for (const [at, most] of [2953, 2331, 1663, 1273].entries()) {
      expect(qrModules(new Uint8Array(most).fill(97), at)).to.equal(177)
      expect(qrModules(new Uint8Array(most + 1).fill(97), at)).to.equal(undefined)
    }
    expect(qrModules(Buffer.from('1'.repeat(7089)), 0)).to.equal(177)
    expect(qrModules(Buffer.from('A'.repeat(4296)), 0)).to.equal(177)
  })

  it('reads both forms of a barcode', () => {
    const set = [GS, 0x68, 50, GS, 0x77, 2, GS, 0x48, 2, GS, 0x66, 1]
    const [ean, code128] = all(
      paper(set, [GS, 0x6b, 2], '201234567890', [0], [GS, 0x6b, 73, 10], '{BA{{1{C\x0c\x22'),
      'barcode',
    )
    expect(ean).to.include({ type: 'EAN-13', value: '2012345678903', widthDots: 190, heightDots: 50 })
    expect(ean).to.include({ hri: 'below', hriFont: 'B' })
    expect(code128).to.include({ type: 'CODE128', value: 'A{11234', moduleDots: 2 })
  })

  it('reports cuts, drawers, beeps, questions and starts in their order', () => {
    const commands = [
      ESC,
      0x40,
      GS,
      0x56,
      1,
      ESC,
      0x42,
      3,
      2,
      ESC,
      0x70,
      1,
      50,
      50,
      0x10,
      4,
      2,
      GS,
      0x56,
      65,
      10,
    ]
    const printed = paper(commands).printed.filter(({ kind }) => kind !== 'feed')
    expect(printed.map(({ offset, yDots, ...event }) => event)).to.deep.equal([
      { kind: 'initialise' },
      { kind: 'cut', isPartial: true },
      { kind: 'beep', times: 3 },
      { kind: 'drawer', pin: 5, onMs: 100, offMs: 100 },
      { kind: 'statusRequest', bytes: '10 04 02' },
      { kind: 'cut', isPartial: false },
    ])
  })

  it('puts everything back at ESC @', () => {
    const after = paper(
      [ESC, 0x74, 19, ESC, 0x61, 2, ESC, 0x45, 1, GS, 0x21, 0x11, ESC, 0x33, 90, ESC, 0x40],
      'a',
      [LF],
    )
    expect(linesOf(after)[0]).to.include({ xDots: 0, justification: 'left', heightDots: 24 })
    expect(linesOf(after)[0]?.runs[0]?.style).to.include({ bold: false, widthFactor: 1 })
    expect(after).to.include({ codePage: 0, heightDots: 30 })
  })
})

describe('the strictness of the ESC/POS interpreter', () => {
  const wrong: readonly [string, readonly Part[], number, RegExp][] = [
    ['a control byte in text', ['ab\x01', [LF]], 2, /01h is neither/],
    ['DEL', ['a\x7f', [LF]], 1, /no character 7fh/],
    ['NUL', [[0]], 0, /00h is neither/],
    ['an unknown ESC command', [[LF, ESC, 0x34, 1]], 1, /ESC 34h/],
    ['an unknown GS command', [[GS, 0x7a]], 0, /GS 7ah/],
    ['a command that is cut off', [[ESC, 0x61]], 0, /cut off/],
    ['a value out of range', [[ESC, 0x61, 3]], 0, /justification 3/],
    ['an unknown code page', [[ESC, 0x74, 99]], 0, /code page 99/],
    ['a byte that the code page lacks', [[ESC, 0x74, 16, 0x81, LF]], 3, /no character 81h/],
    ['Kanji mode', [[0x1c, 0x26]], 0, /FS 26h/],
    ['a raster that is cut off', [[GS, 0x76, 0x30, 0, 1, 0, 2, 0, 0xff]], 0, /1 bytes are missing/],
    [
      'a raster wider than the paper',
      [[GS, 0x76, 0x30, 0, 73, 0, 1, 0], '.'.repeat(73)],
      0,
      /584 dots is wider/,
    ],
    ['a raster without rows', [[GS, 0x76, 0x30, 0, 1, 0, 0, 0]], 0, /without dots/],
    ['a raster in a line of text', ['a', [GS, 0x76, 0x30, 0, 1, 0, 1, 0, 0xff]], 1, /middle of a line/],
    ['a bit image wider than the line', [[ESC, 0x2a, 1, 65, 2], 'x'.repeat(577)], 0, /wider than the line/],
    [
      'graphics of another length',
      [[GS, 0x28, 0x4c, 11, 0, 48, 112, 48, 1, 1, 49, 8, 0, 2, 0, 1]],
      0,
      /length/,
    ],
    ['QR data of another length', [[GS, 0x28, 0x6b, 4, 0, 49, 67, 3, 0]], 0, /takes 3 bytes, not 4/],
    ['QR data cut off', [[GS, 0x28, 0x6b, 9, 0, 49, 80, 48, 65]], 0, /5 bytes are missing/],
    ['a QR code without data', [QR_PRINT], 0, /no QR data/],
    ['a QR code wider than the paper', [qrOf('x'.repeat(500), 16)], 516, /wider than the line/],
    ['a barcode with a wrong check digit', [[GS, 0x6b, 67, 13], '2012345678904'], 0, /check digit/],
    ['a barcode with a letter too many', [[GS, 0x6b, 67, 12], '20123456789A'], 0, /not made of digits/],
    ['CODE128 without its code set', [[GS, 0x6b, 73, 3], 'ABC'], 0, /begin with a code set/],
    ['a barcode without its NUL', [[GS, 0x6b, 2], '201234567890'], 0, /NUL is missing/],
    ['a barcode wider than the paper', [[GS, 0x6b, 69, 40], 'A'.repeat(40)], 0, /wider than the line/],
    ['a cut in a line', ['a', [GS, 0x56, 0]], 1, /middle of a line/],
    ['a cut that is none', [[GS, 0x56, 7]], 0, /cut 7/],
    ['justification in a line', ['a', [ESC, 0x61, 1, LF]], 1, /middle of a line/],
    ['text that ESC @ throws away', ['a', [ESC, 0x40]], 1, /middle of a line/],
    ['text that is never printed', ['abc'], 2, /ends in the middle/],
    ['a position outside the paper', [[ESC, 0x24, 0, 4]], 0, /outside the print area/],
    ['characters on top of each other', ['ab', [ESC, 0x24, 0, 0], 'c', [LF]], 7, /on top of each other/],
    ['an unknown status', [[0x10, 4, 9]], 0, /status 9/],
  ]

  for (const [what, parts, offset, message] of wrong) {
    it(`finds ${what}`, () => {
      expect(() => paper(...parts))
        .to.throw(EscPosError, message)
        .with.property('offset', offset)
    })
  }

  it('ends on any bytes, with paper or with its own error', () => {
    const command = fc
      .tuple(fc.constantFrom(0x10, 0x1b, 0x1c, 0x1d), fc.uint8Array({ minLength: 1, maxLength: 12 }))
      .map(([prefix, rest]) => [prefix, ...rest])
    const known = fc
      .constantFrom(...'@!*-23EJMRSVadt(LkvWPwhHf'.split(''))
      .chain((letter) =>
        fc
          .tuple(fc.constantFrom(0x1b, 0x1d), fc.array(fc.integer({ min: 0, max: 51 }), { maxLength: 10 }))
          .map(([prefix, rest]) => [prefix, letter.charCodeAt(0), ...rest]),
      )
    const text = fc.string({ maxLength: 80 }).map((value) => [...Buffer.from(value), LF])
    const anything = fc.uint8Array({ maxLength: 40 }).map((value) => [...value])
    const job = fc.array(fc.oneof(command, known, text, anything), { maxLength: 12 })
    fc.assert(
      fc.property(job, (parts) => {
        try {
          interpret(bytes(...parts))
        } catch (failure) {
          if (!(failure instanceof EscPosError)) throw failure
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

function qrOf(text: string, moduleDots: number): readonly number[] {
  const size = text.length + 3
  const store = [GS, 0x28, 0x6b, size & 0xff, size >> 8, 49, 80, 48, ...Buffer.from(text)]
  return [GS, 0x28, 0x6b, 3, 0, 49, 67, moduleDots, ...store, ...QR_PRINT]
}

function bytes(...parts: readonly Part[]): Uint8Array {
  return Buffer.concat(parts.map((part) => Buffer.from(part as string, 'latin1')))
}

function paper(...parts: readonly Part[]) {
  return interpret(bytes(...parts))
}
