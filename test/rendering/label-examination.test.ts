import bwipjs from 'bwip-js/node'
import { expect } from 'chai'
import { PDFDocument, type PDFPage, rgb } from 'pdf-lib'
import { pino } from 'pino'
import type { PageSettings } from '../../lib/rendering/page-plan.ts'
import type { Rendering } from '../../lib/rendering/rendering.ts'
import { createRendering } from '../../lib/rendering/rendering-pool.ts'
import { makeLabelPdf, makePdf } from '../helpers/documents.ts'
import { ON_STOCK, STOCK } from './label-settings.ts'

describe('a label that is examined before it is queued', () => {
  let rendering: Rendering
  let label: Buffer

  before(async () => {
    rendering = createRendering({ log: pino({ level: 'silent' }) })
    label = await makeLabelPdf()
  })
  after(() => rendering.close())

  const examine = (bytes: Uint8Array, change: Partial<PageSettings> = {}, dpi = 203) =>
    rendering.examine({ bytes, settings: { ...ON_STOCK, ...change }, imagePage: STOCK, dpi })

  it('raises no objection to symbols that can be read from its dots', async () => {
    expect(await examine(label)).to.deep.equal([])
    expect(await examine(await makePdf({ widthPt: 288, heightPt: 432 }))).to.deep.equal([])
  })

  it('names the symbol whose bars are too narrow for the printer, and how wide they are', async () => {
    // Bars of three dots, shrunk to 1.35.
    const [warning, ...others] = await examine(label, { scaling: 0.45 })
    expect(others).to.deep.equal([])
    const [, dots] =
      /^barcode-illegible: Code128 PH0000012345, modules ([\d.]+) dots wide; print at 300 dpi or unscaled$/.exec(
        warning ?? '',
      ) ?? []
    expect(Number(dots)).to.be.closeTo(1.35, 0.1)
  })

  it('finds them legible again at 300 dpi', async () => {
    expect(await examine(label, { scaling: 0.7 }, 300)).to.deep.equal([])
  })

  it('looks at a shrunk label of a fine printer too', async () => {
    const [warning] = await examine(label, { scaling: 0.12 }, 600)
    expect(warning).to.match(/^barcode-illegible: Code128 PH0000012345, /)
    const large = { paper: { widthPt: 288, heightPt: 864 }, scaling: 0.17 }
    expect((await examine(label, large, 600))[0]).to.match(/^barcode-illegible: Code128 PH0000012345, /)
  })

  it('names squares that are too small too', async () => {
    const warnings = await examine(label, { scaling: 0.12 })
    expect(
      warnings.filter((text) => text.includes('QRCode https://example.test/p/12345, modules 1.0 dots')),
    ).to.have.length(1)
  })

  it('names a symbol that is too small though another one says the same', async () => {
    const document = await PDFDocument.load(label)
    const [small] = await document.embedPdf(label)
    if (!small) throw new Error('a label has a page')
    document.getPage(0).drawPage(small, { x: 150, y: 300, xScale: 0.4, yScale: 0.4 })
    const warnings = await examine(await document.save())
    expect(warnings.filter((text) => text.includes('Code128 PH0000012345, modules 1.2 dots'))).to.have.length(
      1,
    )
  })

  it('names symbols of a page that is shrunk until their bars are parts of a dot', async () => {
    const document = await PDFDocument.create()
    const [embedded] = await document.embedPdf(label)
    if (!embedded) throw new Error('a label has a page')
    const page = document.addPage([612, 792])
    // Bars of 1.5 dots, printed at 0.47.
    page.drawPage(embedded, { x: 40, y: 500, xScale: 0.5, yScale: 0.5 })
    page.drawText('Page 1 of 1', { x: 500, y: 20, size: 12 })
    const [notFound, ...illegible] = await examine(await document.save())
    expect(notFound).to.match(/^label-not-found: /)
    const [, dots] = /Code128 PH0000012345, modules ([\d.]+) dots/.exec(illegible.join('\n')) ?? []
    // Two pixels of the finer picture tell it no better.
    expect(Number(dots)).to.be.closeTo(0.7, 0.3)
  })

  describe('with a frame, lines between its fields and text', () => {
    const framed = async (draw: (page: PDFPage) => void) => {
      const document = await PDFDocument.create()
      const page = document.addPage([288, 432])
      page.drawRectangle({ x: 6, y: 6, width: 276, height: 420, borderWidth: 1.5, opacity: 0 })
      for (const y of [120, 210, 330])
        page.drawLine({ start: { x: 6, y }, end: { x: 282, y }, thickness: 1.2 })
      page.drawText('Ada Example\n1 Sample Street', { x: 14, y: 400, size: 12 })
      draw(page)
      return examine(await document.save())
    }
    const places = [
      ['lies', { x: 40, y: 140, length: 60 }],
      ['stands', { x: 200, y: 12, length: 70, isStanding: true }],
      ['stands over all of its width, as the lines do', { x: 12, y: 12, length: 264, isStanding: true }],
      ['has bars from its foot to its head', { x: 40, y: 10, length: 412 }],
    ] as const
    for (const [how, place] of places) {
      it(`names a symbol that ${how}, if its bars are too narrow, and no other`, async () => {
        const [warning, ...others] = await framed((page) => drawBars(page, { ...place, dots: 1.2 }))
        expect(others).to.deep.equal([])
        expect(warning).to.match(/^barcode-illegible: Code128 PH0000012345, modules 1\.[123] dots wide/)
        expect(await framed((page) => drawBars(page, { ...place, dots: 2 }))).to.deep.equal([])
      })
    }

    it('names a symbol in a grey that its dots do not show, beside one that they do', async () => {
      const warnings = await framed((page) => {
        drawBars(page, { x: 40, y: 240, length: 60, dots: 3 })
        drawBars(page, { x: 40, y: 140, length: 60, dots: 3, grey: 0.6 })
      })
      expect(warnings).to.have.length(1)
      expect(warnings[0]).to.match(/^barcode-illegible: Code128 PH0000012345, modules 3\.0 dots wide/)
    })
  })

  it('says that no label was found on a larger page', async () => {
    const pages = await makePdf({ pages: 2 })
    const none = await examine(pages)
    expect(none).to.deep.equal([])
    const wide = await makePdf({
      text: 'A line that reaches from one side of the page to the other, so that no label can hold it at all',
    })
    expect((await examine(wide))[0]).to.match(/^label-not-found: page 1 /)
  })
})

interface DrawnBars {
  /** Points. */
  readonly x: number
  readonly y: number
  readonly length: number
  readonly dots: number
  readonly isStanding?: boolean
  readonly grey?: number
}

function drawBars(page: PDFPage, { x, y, length, dots, isStanding = false, grey = 0 }: DrawnBars): void {
  const [symbol] = bwipjs.raw({ bcid: 'code128', text: 'PH0000012345' })
  if (symbol === undefined || !('sbs' in symbol)) throw new Error('a Code 128 consists of bars')
  const color = rgb(grey, grey, grey)
  let at = 0
  for (const [index, modules] of symbol.sbs.entries()) {
    const width = (modules * dots * 72) / 203
    if (index % 2 === 0) {
      page.drawRectangle(
        isStanding
          ? { x, y: y + at, width: length, height: width, color }
          : { x: x + at, y, width, height: length, color },
      )
    }
    at += width
  }
}
