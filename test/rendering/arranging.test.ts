import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { degrees, PDFDocument, PDFName, PDFNumber, StandardFonts } from 'pdf-lib'
import { pino } from 'pino'
import sharp from 'sharp'
import type { PageSettings } from '../../lib/rendering/page-plan.ts'
import type { Rendering } from '../../lib/rendering/rendering.ts'
import { createRendering } from '../../lib/rendering/rendering-pool.ts'
import {
  makeEncryptedPdf,
  makeJpeg,
  makeLabelPdf,
  makePdf,
  makePng,
  makeRawPdf,
} from '../helpers/documents.ts'
import { requirePeer } from '../helpers/peers.ts'
import { refusalOf } from './refusal.ts'

const log = pino({ level: 'silent' })
const LETTER = { widthPt: 612, heightPt: 792 }
const A4 = { widthPt: 595.28, heightPt: 841.89 }
const STOCK = { widthPt: 288, heightPt: 432 }

const PLAIN: PageSettings = {
  pagesToPrint: null,
  reverseOrder: false,
  copies: 1,
  isDoubleSided: false,
  paper: LETTER,
  paperKind: 'loaded',
  isLabelStock: false,
  orientation: 'portrait',
  scaling: null,
}

interface Word {
  readonly page: number
  readonly text: string
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

interface ReadPdf {
  readonly sizes: readonly (readonly [width: number, height: number])[]
  readonly words: readonly Word[]
  /** What each page is numbered as, by its last word. */
  readonly numbers: readonly string[]
}

describe('a PDF with the settings of its job', () => {
  let rendering: Rendering
  let folder: string

  before(async function () {
    requirePeer(this, 'pdftotext', 'poppler-utils')
    rendering = createRendering({ log })
    folder = await mkdtemp(join(tmpdir(), 'packhouse-arranged-'))
  })

  after(async () => {
    await rendering.close()
    await rm(folder, { recursive: true })
  })

  async function arranged(bytes: Uint8Array, settings: Partial<PageSettings> = {}): Promise<Uint8Array> {
    const request = { bytes, settings: { ...PLAIN, ...settings }, imagePage: settings.paper ?? LETTER }
    return (await rendering.arrange(request)).bytes
  }

  /** By poppler, which has nothing in common with what wrote it. */
  async function read(pdf: Uint8Array): Promise<ReadPdf> {
    const file = join(folder, 'read.pdf')
    await writeFile(file, pdf)
    const xml = execFileSync('pdftotext', ['-bbox', file, '-'], { encoding: 'utf8' })
    const sizes: [number, number][] = []
    const words: Word[] = []
    for (const [, width, height, left, top, right, bottom, text] of xml.matchAll(
      /<page width="([\d.]+)" height="([\d.]+)">|<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">([^<]*)/g,
    )) {
      if (width !== undefined) sizes.push([Number(width), Number(height)])
      else {
        const [l = 0, t = 0, r = 0, b = 0] = [left, top, right, bottom].map(Number)
        words.push({ page: sizes.length, text: text ?? '', left: l, top: t, right: r, bottom: b })
      }
    }
    const numbers = sizes.map((_, at) => words.findLast(({ page }) => page === at + 1)?.text ?? '')
    return { sizes, words, numbers }
  }

  async function pictureOf(pdf: Uint8Array, page = 1, dpi = 72): Promise<Buffer> {
    return sharp(await rendering.drawPage(pdf, page, dpi))
      .greyscale()
      .raw()
      .toBuffer()
  }

  it('is the very same file when nothing is asked of it', async () => {
    const pdf = await makePdf({ pages: 3 })
    expect(Buffer.compare(await arranged(pdf), pdf)).to.equal(0)
    expect(Buffer.compare(await arranged(pdf, { pagesToPrint: ['1-2', '3'] }), pdf)).to.equal(0)
    const lying = await makePdf({ widthPt: 792, heightPt: 612 })
    expect(Buffer.compare(await arranged(lying), lying)).to.equal(0)
    const label = await makeLabelPdf()
    expect(Buffer.compare(await arranged(label, { paper: STOCK, isLabelStock: true }), label)).to.equal(0)
  })

  it("has nothing of a printer's job language around it or in it", async () => {
    const pdf = await makePdf()
    const pjl = Buffer.from('\x1b%-12345X@PJL DEFAULT COPIES=99\r\n@PJL ENTER LANGUAGE=PDF\r\n', 'latin1')
    const end = Buffer.from('\x1b%-12345X@PJL INITIALIZE\r\n', 'latin1')
    for (const wrapped of [
      [pjl, pdf, end],
      [pjl, pdf],
      [pdf, end],
      [Buffer.from('@PJL\r\n'), pdf],
    ]) {
      const plain = Buffer.from(await arranged(Buffer.concat(wrapped)))
      expect(plain.toString('latin1'))
        .to.match(/^%PDF-/)
        .and.not.include('@PJL')
      expect((await read(plain)).words.map(({ text }) => text)).to.deep.equal(['Packhouse', '1'])
    }
    const hidden = makeRawPdf([
      '<</Type/Catalog/Pages 2 0 R>>',
      '<</Type/Pages/Kids[3 0 R]/Count 1>>',
      '<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>',
      '<</Length 40>>stream\n%\x1b%-12345X@PJL DEFAULT COPIES=99          \nendstream',
    ])
    await arranged(hidden).then(
      (bytes) => expect(Buffer.from(bytes).toString('latin1')).to.not.include('@PJL'),
      (error: Error) => expect(error.message).to.include('sign with which printers end a job'),
    )
  })

  it('has the pages that were asked for, in that order', async () => {
    const pdf = await makePdf({ pages: 12 })
    const numbers = async (settings: Partial<PageSettings>) =>
      (await read(await arranged(pdf, settings))).numbers
    expect(await numbers({ pagesToPrint: ['1', '3', '5-10'] })).to.deep.equal('1 3 5 6 7 8 9 10'.split(' '))
    expect(await numbers({ pagesToPrint: ['12', '2', '2'] })).to.deep.equal(['12', '2', '2'])
    expect(await numbers({ pagesToPrint: ['1-3'], reverseOrder: true })).to.deep.equal(['3', '2', '1'])
  })

  it('has them whatever the ranges', async () => {
    const pdf = await makePdf({ pages: 9 })
    const page = fc.integer({ min: 1, max: 9 })
    const ranges = fc.array(fc.tuple(page, page), { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(ranges, fc.boolean(), async (given, reverseOrder) => {
        const sorted = given.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
        const pagesToPrint = sorted.map(([first, last]) => `${first}-${last}`)
        const expected = sorted.flatMap(([first, last]) =>
          Array.from({ length: last - first + 1 }, (_, at) => String(first + at)),
        )
        const { numbers } = await read(await arranged(pdf, { pagesToPrint, reverseOrder }))
        expect(numbers).to.deep.equal(reverseOrder ? expected.toReversed() : expected)
      }),
      { numRuns: 15 },
    )
  })

  it('holds nothing of the pages that were left out', async () => {
    const pdf = await makePdf({ pages: 200, text: 'Confidential' })
    const one = await arranged(pdf, { pagesToPrint: ['7'] })
    expect(one.length).to.be.lessThan(pdf.length / 20)
    expect((await read(one)).words.map(({ text }) => text)).to.deep.equal(['Confidential', '7'])
  })

  it('repeats its pages for a printer that makes no copies, each copy on sheets of its own', async () => {
    const pdf = await makePdf({ pages: 3 })
    expect((await read(await arranged(pdf, { copies: 2 }))).numbers).to.deep.equal('1 2 3 1 2 3'.split(' '))
    const duplex = await read(await arranged(pdf, { copies: 2, isDoubleSided: true }))
    expect(duplex.numbers).to.deep.equal(['1', '2', '3', '', '1', '2', '3'])
    expect(duplex.sizes[3]).to.deep.equal([612, 792])
  })

  it('is shrunk to its paper, and not enlarged', async () => {
    const large = await read(await arranged(await makePdf({ widthPt: 1224, heightPt: 1584 })))
    expect(large.sizes).to.deep.equal([[612, 792]])
    expect(large.words[0]?.left).to.be.closeTo(5, 0.1)
    const small = await makePdf({ widthPt: 300, heightPt: 400 })
    expect((await read(await arranged(small))).sizes).to.deep.equal([[300, 400]])
    const asked = await read(await arranged(small, { paper: A4, paperKind: 'asked' }))
    expect(asked.sizes[0]?.map(Math.round)).to.deep.equal([595, 842])
    expect(asked.words[0]?.left).to.be.closeTo((595.28 - 300) / 2 + 10, 0.1)
  })

  it('is scaled about the centre of the page', async () => {
    const pdf = await makePdf()
    const [before] = (await read(pdf)).words
    for (const scaling of [0.5, 1.02]) {
      const { words, sizes } = await read(await arranged(pdf, { scaling }))
      expect(sizes).to.deep.equal([[612, 792]])
      expect(words[0]?.left).to.be.closeTo(306 + ((before?.left ?? 0) - 306) * scaling, 0.1)
      expect(words[0]?.bottom).to.be.closeTo(396 + ((before?.bottom ?? 0) - 396) * scaling, 0.1)
    }
  })

  it('is turned for landscape: the same picture, lying', async () => {
    const pdf = await makePdf({ widthPt: 792, heightPt: 612 })
    const turned = await arranged(pdf, { orientation: 'landscape' })
    expect((await read(turned)).sizes).to.deep.equal([[612, 792]])
    const expected = await sharp(await pictureOf(pdf), { raw: { width: 792, height: 612, channels: 1 } })
      .rotate(270)
      .toColourspace('b-w')
      .raw()
      .toBuffer()
    expect(different(await pictureOf(turned), expected)).to.be.lessThan(0.001)
  })

  it('has the page as it is seen: turned, cropped and in its own unit', async () => {
    const document = await PDFDocument.create({ updateMetadata: false })
    const font = await document.embedFont(StandardFonts.Helvetica)
    for (const [turns, unit] of [
      [90, 1],
      [180, 2],
      [270, 2],
    ] as const) {
      const page = document.addPage([800 / unit, 900 / unit])
      page.drawText('Seen', { x: 300 / unit, y: 400 / unit, size: 40 / unit, font })
      page.drawText('Hidden', { x: 2, y: 2, size: 10, font })
      page.setCropBox(200 / unit, 100 / unit, 500 / unit, 700 / unit)
      page.setRotation(degrees(turns))
      page.node.set(PDFName.of('UserUnit'), PDFNumber.of(unit))
    }
    const pdf = Buffer.from(await document.save())
    const scaled = await arranged(pdf, {
      scaling: 1,
      paperKind: 'asked',
      paper: { widthPt: 720, heightPt: 720 },
    })
    for (const [page, width, height] of [
      [1, 700, 500],
      [2, 500, 700],
      [3, 700, 500],
    ] as const) {
      const seen = sharp(await pictureOf(pdf, page), { raw: { width, height, channels: 1 } })
      const across = (720 - width) / 2
      const down = (720 - height) / 2
      const onSheet = seen.extend({
        left: across,
        right: across,
        top: down,
        bottom: down,
        background: 'white',
      })
      const expected = await onSheet.toColourspace('b-w').raw().toBuffer()
      expect(different(await pictureOf(scaled, page), expected), `page ${page}`).to.be.lessThan(0.002)
    }
  })

  it('keeps notes and the fields of forms, as they are filled', async () => {
    const document = await PDFDocument.create()
    const page = document.addPage([200, 100])
    const field = document.getForm().createTextField('sku')
    field.setText('SKU-00042')
    field.addToPage(page, { x: 20, y: 30, width: 160, height: 40, borderWidth: 0 })
    document.addPage([200, 100])
    const { words } = await read(await arranged(await document.save(), { pagesToPrint: ['1'], scaling: 0.5 }))
    expect(words.map(({ text }) => text)).to.deep.equal(['SKU-00042'])
  })

  describe('whose pages share what they are made of', () => {
    const SCALED = { scaling: 0.5, paper: LETTER, paperKind: 'asked' } as const

    /** By poppler again: PDFium keeps a pattern as the first page has it. */
    async function drawn(pdf: Uint8Array, page: number): Promise<Buffer> {
      const file = join(folder, 'drawn.pdf')
      await writeFile(file, pdf)
      const range = ['-f', String(page), '-l', String(page)]
      const png = execFileSync('pdftoppm', ['-r', '72', '-gray', '-png', ...range, file])
      return sharp(png).greyscale().raw().toBuffer()
    }

    it('keeps the fonts that a page with notes inherits', async () => {
      const { words } = await read(await arranged(sharingPdf(['', '']), SCALED))
      expect(words.map(({ text }) => text)).to.deep.equal(['Inherited', 'Inherited'])
    })

    it('scales a pattern once, however many pages are filled with it, and however often', async () => {
      const pdf = sharingPdf(['', ''])
      const alone = await drawn(await arranged(pdf, { ...SCALED, pagesToPrint: ['1'] }), 1)
      const all = await arranged(pdf, { ...SCALED, pagesToPrint: ['1', '2', '1'], copies: 2 })
      for (const page of [1, 2, 3, 4, 5, 6]) {
        expect(different(await drawn(all, page), alone), `page ${page}`).to.be.lessThan(0.0005)
      }
      // Squares of 20 points, scaled about the centre of a page.
      const dark = alone.filter((value) => value < 128).length
      expect(dark).to.be.within(1000, 1800)
    })

    it('shows no more of a page with notes than its media box holds', async () => {
      const pdf = sharingPdf(['/CropBox[-200 -200 412 592]', ''])
      const { words, sizes } = await read(await arranged(pdf, { pagesToPrint: ['1'], paper: null }))
      expect(sizes).to.deep.equal([[412, 592]])
      expect(words[0]?.left).to.be.closeTo(50, 0.1)
    })

    it('comes in points of paper whatever the unit of a page', async () => {
      const pdf = sharingPdf(['/UserUnit 2', ''])
      const halved = await arranged(pdf)
      const { words } = await read(halved)
      expect((await rendering.inspect(halved, { dpi: 72 })).firstPage).to.deep.equal(LETTER)
      expect((words[0]?.left ?? 0) - (words[1]?.left ?? 0)).to.be.closeTo(0, 0.1)
    })
  })

  it('opens for the printer what has an owner password', async () => {
    const pdf = await makeEncryptedPdf({ ownerPassword: 'owner' })
    const half = await arranged(pdf, { scaling: 0.5 })
    expect((await rendering.inspect(half, { dpi: 72 })).isEncrypted).to.equal(false)
    expect((await read(half)).words[0]?.text).to.equal('Packhouse')
  })

  it('is one page of the paper for a picture, turned for landscape', async () => {
    for (const image of [await makePng({ dpi: 203 }), await makeJpeg({ dpi: 203 })]) {
      for (const orientation of ['portrait', 'landscape'] as const) {
        const pdf = await arranged(image, { orientation, paper: STOCK, isLabelStock: true })
        const { firstPage, pageCount } = await rendering.inspect(pdf, { dpi: 203 })
        expect([pageCount, firstPage.widthPt]).to.deep.equal([1, orientation === 'portrait' ? 288 : 432])
      }
    }
  })

  it('finds the label of a larger page and leaves it unscaled; without one it fits the page and says so', async () => {
    const label = await makeLabelPdf()
    const document = await PDFDocument.create()
    const [embedded] = await document.embedPdf(label)
    if (!embedded) throw new Error('a label has a page')
    document.addPage([612, 792]).drawPage(embedded, { x: 40, y: 330 })
    const found = await arranged(await document.save(), { paper: STOCK, isLabelStock: true })
    const { sizes, words } = await read(found)
    expect(sizes).to.deep.equal([[288, 432]])
    const [before] = (await read(label)).words
    const ofWord = (word: Word | undefined) => (word?.right ?? 0) - (word?.left ?? 0)
    expect(ofWord(words[0])).to.be.closeTo(ofWord(before), 0.01)

    const text = await PDFDocument.create()
    const page = text.addPage([612, 792])
    page.drawText('Top', { x: 40, y: 700 })
    page.drawText('Bottom', { x: 500, y: 40 })
    const settings = { ...PLAIN, paper: STOCK, isLabelStock: true }
    const fitted = await rendering.arrange({ bytes: await text.save(), settings, imagePage: STOCK })
    expect((await read(fitted.bytes)).sizes).to.deep.equal([[288, 432]])
    expect(fitted.warnings).to.have.length(1)
    expect(fitted.warnings[0]).to.match(/^label-not-found: page 1 /)
  })

  it('is refused for pages that are not there, or too many', async () => {
    const pdf = await makePdf({ pages: 2 })
    await refusalOf(arranged(pdf, { pagesToPrint: ['3'] }), 'unreadable')
    await refusalOf(arranged(pdf, { copies: 5_001 }), 'too_large')
  })
})

/** Two pages with one content, one note, and what they inherit: a font and a pattern of squares. */
function sharingPdf(ofPages: readonly [string, string]): Buffer {
  const stream = (dictionary: string, text: string) =>
    `<<${dictionary}/Length ${text.length}>>stream\n${text}\nendstream`
  const page = (more: string) =>
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 6 0 R/Annots[9 0 R]${more}>>`
  return makeRawPdf([
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[4 0 R 5 0 R]/Count 2/Resources 3 0 R>>',
    '<</Font<</F 7 0 R>>/Pattern<</P 8 0 R>>>>',
    ...ofPages.map(page),
    stream('', 'BT /F 24 Tf 50 500 Td (Inherited) Tj ET /Pattern cs /P scn 100 100 200 100 re f'),
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
    stream(
      '/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 40 40]/XStep 40/YStep 40/Resources<<>>',
      '0 0 20 20 re f',
    ),
    '<</Type/Annot/Subtype/Square/Rect[400 100 420 120]/F 4/AP<</N 10 0 R>>>>',
    stream('/Type/XObject/Subtype/Form/BBox[0 0 20 20]/Resources<<>>', '0 0 20 20 re f'),
  ])
}

/** The part of pixels that are darker in one picture than in the other by more than a shade. */
function different(one: Buffer, other: Buffer): number {
  if (one.length !== other.length) throw new Error(`${one.length} pixels, not ${other.length}`)
  return one.filter((value, at) => Math.abs(value - (other[at] ?? 0)) > 64).length / one.length
}
