import { expect } from 'chai'
import fc from 'fast-check'
import {
  findPaperSize,
  matchesPaperSize,
  PAPER_SIZES,
  paperSizeByKey,
  readPaperSizes,
} from '../../lib/printers/paper-sizes.ts'

const MM_PER_INCH = 25.4

/** The table of contracts/cloud-printing.md, section 4, as it is written there. */
const INCH_LABELS =
  '4x12, 4x8, 4x6.75, 4x5, 4x4, 4x3, 4x2.5, 4x2, 4x1.5, 4x1, 3x5, 3x3, 3x2, 3x1, 2.25x4, 2.25x2, 2.25x1.25, 2.25x0.75, 2x2, 2x1, 2x0.5, 1.5x1, 1.5x0.5, 1.25x1, 1x1, 1x0.5'.split(
    ', ',
  )
const MM_LABELS = ['100x150', '100x100', '62x100', '62x29', '50x25']
const CONTRACT: readonly (readonly [key: string, size: string, pwgName: string])[] = [
  ['letter', '8.5x11in', 'na_letter_8.5x11in'],
  ['legal', '8.5x14in', 'na_legal_8.5x14in'],
  ['tabloid', '11x17in', 'na_ledger_11x17in'],
  ['executive', '7.25x10.5in', 'na_executive_7.25x10.5in'],
  ['statement', '5.5x8.5in', 'na_invoice_5.5x8.5in'],
  ['a3', '297x420mm', 'iso_a3_297x420mm'],
  ['a4', '210x297mm', 'iso_a4_210x297mm'],
  ['a5', '148x210mm', 'iso_a5_148x210mm'],
  ['a6', '105x148mm', 'iso_a6_105x148mm'],
  ['b5', '176x250mm', 'iso_b5_176x250mm'],
  ['label_4x6', '4x6in', 'na_index-4x6_4x6in'],
  ...INCH_LABELS.map((size) => [`label_${size}`, `${size}in`, `oe_${size}-label_${size}in`] as const),
  ...MM_LABELS.map((size) => [`label_${size}mm`, `${size}mm`, `om_${size}-label_${size}mm`] as const),
  ['receipt_80mm', '80x297mm', 'custom_80x297mm_80x297mm'],
  ['receipt_58mm', '58x297mm', 'custom_58x297mm_58x297mm'],
]

describe('paper sizes: the registry', () => {
  it('holds the sizes of the contract, each under its key and its PWG name', () => {
    expect(PAPER_SIZES.map(({ key, pwgName }) => [key, pwgName])).to.deep.equal(
      CONTRACT.map(([key, , pwgName]) => [key, pwgName]),
    )
  })

  it('measures each as its PWG name says', () => {
    for (const { key, pwgName, widthMm, heightMm } of PAPER_SIZES) {
      const [, width, height, unit] = /_([\d.]+)x([\d.]+)(in|mm)$/.exec(pwgName) ?? []
      const mmPerUnit = unit === 'in' ? MM_PER_INCH : 1
      expect(widthMm, key).to.be.closeTo(Number(width) * mmPerUnit, 1e-6)
      expect(heightMm, key).to.be.closeTo(Number(height) * mmPerUnit, 1e-6)
    }
  })

  it('says which paper comes from a roll', () => {
    expect(PAPER_SIZES.filter(({ isRoll }) => isRoll).map(({ key }) => key)).to.deep.equal([
      'receipt_80mm',
      'receipt_58mm',
    ])
  })

  it('has no two sizes that a printer could take for each other', () => {
    for (const [index, size] of PAPER_SIZES.entries()) {
      const alike = PAPER_SIZES.slice(index + 1).filter((other) => matchesPaperSize(size, other))
      expect(
        alike.map(({ key }) => key),
        size.key,
      ).to.deep.equal([])
    }
  })

  for (const [slip, key, change] of [
    ['a unit that it does not know', 'label_9x9', { unit: 'cm' }],
    ['no width', 'label_9x9', { width: 0 }],
    ['a height that is no number', 'label_9x9', { height: Number.NaN }],
    ['no PWG name', 'label_9x9', { pwgName: '' }],
    ['a key that no job could name', 'Label 9x9', {}],
  ] as const) {
    it(`refuses to start with ${slip}`, () => {
      const entry = { width: 9, height: 9, unit: 'in', pwgName: 'oe_9x9-label_9x9in', ...change }
      expect(() => readPaperSizes({ [key]: entry })).to.throw(`paper-sizes.json: ${key}`)
    })
  }

  it('knows a key in its own spelling alone', () => {
    expect(paperSizeByKey('label_4x6')).to.include({ pwgName: 'na_index-4x6_4x6in' })
    for (const key of ['LABEL_4X6', 'page_size_label_4x6', '4x6in', '', '__proto__', 'constructor']) {
      expect(paperSizeByKey(key), key).to.equal(null)
    }
  })
})

describe('paper sizes: what a job may ask for', () => {
  for (const [key, size, pwgName] of CONTRACT) {
    it(`finds ${key} as page_size_${key}, ${pwgName} and ${size}, in any case`, () => {
      for (const text of [`page_size_${key}`, pwgName, size]) {
        expect(findPaperSize(text)?.key, text).to.equal(key)
        expect(findPaperSize(text.toUpperCase())?.key, text).to.equal(key)
      }
    })
  }

  const dimensions: readonly [string, string | null][] = [
    ['6x4in', 'label_4x6'],
    ['4.00x6.0in', 'label_4x6'],
    ['152.4x101.6mm', 'label_4x6'],
    ['102.1x152.4mm', 'label_4x6'],
    ['101.1x151.9mm', 'label_4x6'],
    ['102.2x152.4mm', null],
    ['102x153mm', null],
    ['210x297mm', 'a4'],
    ['297x210MM', 'a4'],
    ['8.27x11.69in', 'a4'],
    ['50.3x25.2mm', 'label_50x25mm'],
    ['50.6x25.4mm', 'label_2x1'],
    ['9x9in', null],
    ['0x0in', null],
  ]
  for (const [text, key] of dimensions) {
    it(`reads ${text} as ${key ?? 'no size'}`, () => {
      expect(findPaperSize(text)?.key ?? null).to.equal(key)
    })
  }

  for (const text of [
    '',
    'letter',
    'label_4x6',
    'page_size_',
    'page_size_label_6x4',
    'page_size_na_letter_8.5x11in',
    'na_bogus_8.5x11in',
    '4x6',
    '4x6cm',
    ' 4x6in',
    '4x6in\n',
    '4 x 6 in',
    '-4x6in',
    '4e0x6in',
    '.5x1in',
    '4x6x1in',
    'page_size___proto__',
    '__proto__',
    `${'9'.repeat(400)}x6in`,
  ]) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
      expect(findPaperSize(text)).to.equal(null)
    })
  }
})

describe('paper sizes: whatever the dimensions', () => {
  const sides = fc.record({
    widthMm: fc.double({ min: 1, max: 500, noNaN: true }),
    heightMm: fc.double({ min: 1, max: 500, noNaN: true }),
  })
  const turn = ({ widthMm, heightMm }: { widthMm: number; heightMm: number }) => ({
    widthMm: heightMm,
    heightMm: widthMm,
  })

  it('matches both ways round and either way up', () => {
    fc.assert(
      fc.property(sides, fc.double({ min: -1, max: 1, noNaN: true }), (size, offMm) => {
        const other = { widthMm: size.widthMm + offMm, heightMm: size.heightMm - offMm }
        const isMatch = matchesPaperSize(size, other)
        expect(matchesPaperSize(other, size)).to.equal(isMatch)
        expect(matchesPaperSize(turn(size), other)).to.equal(isMatch)
        expect(matchesPaperSize(size, turn(other))).to.equal(isMatch)
      }),
    )
  })

  it('takes half a millimetre off on each side and no more', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PAPER_SIZES),
        fc.nat(50),
        fc.integer({ min: 52, max: 90 }),
        (size, near, far) => {
          const off = (hundredths: number) => ({ ...size, heightMm: size.heightMm + hundredths / 100 })
          expect(matchesPaperSize(size, off(near))).to.equal(true)
          expect(matchesPaperSize(size, off(-near))).to.equal(true)
          // The other way up may still fit where the sides are nearly equal.
          if (Math.abs(size.widthMm - size.heightMm) > 2)
            expect(matchesPaperSize(size, off(far))).to.equal(false)
        },
      ),
    )
  })

  it('finds a size for dimensions if and only if one matches', () => {
    const near = fc
      .record({
        size: fc.constantFrom(...PAPER_SIZES),
        w: fc.integer({ min: -80, max: 80 }),
        h: fc.integer({ min: -80, max: 80 }),
      })
      .map(({ size, w, h }) => ({ widthMm: size.widthMm + w / 100, heightMm: size.heightMm + h / 100 }))
    fc.assert(
      fc.property(near, fc.boolean(), (wanted, isTurned) => {
        const { widthMm, heightMm } = isTurned ? turn(wanted) : wanted
        const text = `${widthMm.toFixed(4)}x${heightMm.toFixed(4)}mm`
        const found = findPaperSize(text)
        expect(found !== null).to.equal(PAPER_SIZES.some((size) => matchesPaperSize(size, wanted)))
        if (found) expect(matchesPaperSize(found, wanted)).to.equal(true)
      }),
    )
  })

  it('answers any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const found = findPaperSize(text)
        expect(found === null || PAPER_SIZES.includes(found)).to.equal(true)
      }),
    )
  })
})
