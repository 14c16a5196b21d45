import { writeFile } from 'node:fs/promises'
import bwipjs from 'bwip-js/node'
import { PDFDocument, type PDFFont, type PDFPage, StandardFonts } from 'pdf-lib'

/**
 * Draws amazon-fba-label.pdf, the document of the walk-through: a 4x6 in carton label of a made-up consignment.
 * `node --import tsx examples/make-label.ts` writes the same bytes every time.
 */
const POINTS_PER_INCH = 72
const WIDTH_PT = 4 * POINTS_PER_INCH
const HEIGHT_PT = 6 * POINTS_PER_INCH
const MARGIN_PT = 18
/** Bars of two dots of a 203 dpi head fall on its grid, so that they print with sharp edges. */
const MODULE_PT = (2 * POINTS_PER_INCH) / 203
const BAR_HEIGHT_PT = 86
const CONSIGNMENT = 'FBA15K3X9QWLU000001'
const DRAWN_AT = new Date('2026-01-01T00:00:00Z')

interface Fonts {
  readonly plain: PDFFont
  readonly bold: PDFFont
}

await writeFile(new URL('amazon-fba-label.pdf', import.meta.url), await drawLabel())

async function drawLabel(): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  document.setTitle('Carton label')
  document.setCreationDate(DRAWN_AT)
  document.setModificationDate(DRAWN_AT)
  const page = document.addPage([WIDTH_PT, HEIGHT_PT])
  const fonts = {
    plain: await document.embedFont(StandardFonts.Helvetica),
    bold: await document.embedFont(StandardFonts.HelveticaBold),
  }
  drawAddresses(page, fonts)
  drawSymbol(page, fonts)
  drawContents(page, fonts)
  return document.save({ useObjectStreams: false })
}

function drawAddresses(page: PDFPage, { plain, bold }: Fonts): void {
  page.drawText('FBA', { x: MARGIN_PT, y: 382, size: 34, font: bold })
  page.drawText('Box 1 of 2 - 12.4 lb', { x: 172, y: 396, size: 10, font: plain })
  page.drawText('Created 2026-01-01', { x: 172, y: 383, size: 10, font: plain })
  drawRule(page, 372)
  drawLines(page, plain, 350, ['SHIP FROM:', 'Demo warehouse', '12 Example Road', 'Reno, NV 89502'])
  page.drawText('SHIP TO:', { x: 150, y: 350, size: 10, font: plain })
  const recipient = ['FBA: Demo Seller', 'Fulfillment Center', '1 Sample Street', 'Moreno Valley, CA']
  recipient.forEach((text, line) => {
    page.drawText(text, { x: 150, y: 337 - 13 * line, size: 10, font: bold })
  })
  drawRule(page, 286)
}

function drawSymbol(page: PDFPage, { bold }: Fonts): void {
  const widths = barWidths(CONSIGNMENT)
  const total = widths.reduce((sum, width) => sum + width, 0)
  let x = (WIDTH_PT - total * MODULE_PT) / 2
  widths.forEach((modules, index) => {
    const width = modules * MODULE_PT
    if (index % 2 === 0) page.drawRectangle({ x, y: 176, width, height: BAR_HEIGHT_PT })
    x += width
  })
  const width = bold.widthOfTextAtSize(CONSIGNMENT, 13)
  page.drawText(CONSIGNMENT, { x: (WIDTH_PT - width) / 2, y: 158, size: 13, font: bold })
  drawRule(page, 142)
}

function drawContents(page: PDFPage, { plain, bold }: Fonts): void {
  page.drawText('Single SKU', { x: MARGIN_PT, y: 116, size: 16, font: bold })
  drawLines(page, plain, 96, ['DEMO-MUG', 'Qty 24', 'Please leave this label uncovered.'])
}

function drawLines(page: PDFPage, font: PDFFont, top: number, lines: readonly string[]): void {
  lines.forEach((text, line) => page.drawText(text, { x: MARGIN_PT, y: top - 13 * line, size: 10, font }))
}

function drawRule(page: PDFPage, y: number): void {
  page.drawLine({ start: { x: MARGIN_PT, y }, end: { x: WIDTH_PT - MARGIN_PT, y }, thickness: 1 })
}

/** Bars and spaces of a Code 128 in turn, in modules. */
function barWidths(text: string): readonly number[] {
  const [symbol] = bwipjs.raw({ bcid: 'code128', text })
  if (!symbol || !('sbs' in symbol)) throw new Error('Code 128 has bars')
  return symbol.sbs
}
