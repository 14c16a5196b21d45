import bwipjs from 'bwip-js/node'
import { PDFDocument, type PDFPage, rgb, StandardFonts } from 'pdf-lib'
import sharp, { type Sharp } from 'sharp'

export interface PdfOptions {
  readonly pages?: number
  readonly widthPt?: number
  readonly heightPt?: number
  /** Drawn on every page, with the page's number. */
  readonly text?: string
}

export interface ImageOptions {
  readonly widthPx?: number
  readonly heightPx?: number
  readonly dpi?: number
  /** EXIF, 1 to 8. */
  readonly orientation?: number
}

export interface EncryptedPdfOptions {
  /** Absent: the file opens with the empty password. */
  readonly userPassword?: string
  readonly ownerPassword: string
}

export interface LabelOptions {
  readonly code128?: string
  readonly qrCode?: string
  readonly dataMatrix?: string
}

const LABEL = { widthPt: 288, heightPt: 432 }

/** One dot of a 203 dpi head: symbols on its grid are read back whatever draws them. */
const DOT_PT = 72 / 203

/** US Letter pages, one by default. */
export async function makePdf(options: PdfOptions = {}): Promise<Buffer> {
  const document = await newDocument(options)
  return Buffer.from(await document.save())
}

/** A 4 x 6 in shipping label with an address, a Code 128, a QR code and a Data Matrix. */
export async function makeLabelPdf(options: LabelOptions = {}): Promise<Buffer> {
  const {
    code128 = 'PH0000012345',
    qrCode = 'https://example.test/p/12345',
    dataMatrix = 'DM-12345-A7',
  } = options
  const document = await PDFDocument.create({ updateMetadata: false })
  const page = document.addPage([LABEL.widthPt, LABEL.heightPt])
  const font = await document.embedFont(StandardFonts.HelveticaBold)
  page.drawText('SHIP TO', { x: 20, y: 400, size: 14, font })
  page.drawText('Ada Example, 1 Sample Street', { x: 20, y: 380, size: 12, font })
  drawBars(page, code128, { left: 60, bottom: 700, moduleDots: 3, heightDots: 250 })
  drawMatrix(page, 'qrcode', qrCode, { left: 60, bottom: 200, moduleDots: 8 })
  drawMatrix(page, 'datamatrix', dataMatrix, { left: 500, bottom: 200, moduleDots: 8 })
  page.drawText(code128, { x: 60, y: 235, size: 10, font })
  return Buffer.from(await document.save())
}

export async function makeEncryptedPdf(options: EncryptedPdfOptions): Promise<Buffer> {
  const document = await newDocument({})
  document.encrypt({ ...options, permissions: { printing: 'highResolution' } })
  return Buffer.from(await document.save())
}

/** A grey frame and a black quarter at the top left, so that turned or mirrored pictures can be told apart. */
export async function makePng(options: ImageOptions = {}): Promise<Buffer> {
  return picture(options).png().toBuffer()
}

export async function makeJpeg(options: ImageOptions = {}): Promise<Buffer> {
  return picture(options).jpeg({ quality: 95 }).toBuffer()
}

async function newDocument(options: PdfOptions): Promise<PDFDocument> {
  const { pages = 1, widthPt = 612, heightPt = 792, text = 'Packhouse' } = options
  const document = await PDFDocument.create({ updateMetadata: false })
  const font = await document.embedFont(StandardFonts.Helvetica)
  for (let number = 1; number <= pages; number += 1) {
    const page = document.addPage([widthPt, heightPt])
    page.drawText(`${text} ${number}`, { x: 10, y: heightPt / 2, size: 12, font })
  }
  return document
}

function picture({ widthPx = 400, heightPx = 600, dpi, orientation }: ImageOptions): Sharp {
  const background = { r: 200, g: 200, b: 200 }
  const quarter = {
    create: {
      width: Math.max(1, Math.floor(widthPx / 2)),
      height: Math.max(1, Math.floor(heightPx / 2)),
      channels: 3 as const,
      background: 'black',
    },
  }
  const canvas = sharp({ create: { width: widthPx, height: heightPx, channels: 3, background } }).composite([
    { input: quarter, left: 0, top: 0 },
  ])
  const dense = dpi === undefined ? canvas : canvas.withDensity(dpi)
  return orientation === undefined
    ? dense
    : dense.withMetadata({ orientation, ...(dpi === undefined ? {} : { density: dpi }) })
}

interface SymbolPlace {
  /** Dots from the page's lower left corner. */
  readonly left: number
  readonly bottom: number
  readonly moduleDots: number
}

function drawBars(page: PDFPage, text: string, place: SymbolPlace & { heightDots: number }): void {
  const [symbol] = bwipjs.raw({ bcid: 'code128', text })
  if (symbol === undefined || !('sbs' in symbol)) throw new Error('a Code 128 consists of bars')
  let x = place.left
  for (const [index, modules] of symbol.sbs.entries()) {
    const width = modules * place.moduleDots
    // Widths alternate between bar and space, a bar first.
    if (index % 2 === 0) fill(page, { x, y: place.bottom, width, height: place.heightDots })
    x += width
  }
}

function drawMatrix(page: PDFPage, bcid: 'qrcode' | 'datamatrix', text: string, place: SymbolPlace): void {
  const [symbol] = bwipjs.raw({ bcid, text })
  if (symbol === undefined || !('pixs' in symbol)) throw new Error(`a ${bcid} consists of modules`)
  const { left, bottom, moduleDots: side } = place
  for (const [index, isDark] of symbol.pixs.entries()) {
    if (isDark === 0) continue
    const column = index % symbol.pixx
    const row = symbol.pixy - 1 - Math.floor(index / symbol.pixx)
    fill(page, { x: left + column * side, y: bottom + row * side, width: side, height: side })
  }
}

function fill(page: PDFPage, dots: { x: number; y: number; width: number; height: number }): void {
  page.drawRectangle({
    x: dots.x * DOT_PT,
    y: dots.y * DOT_PT,
    width: dots.width * DOT_PT,
    height: dots.height * DOT_PT,
    color: rgb(0, 0, 0),
  })
}

/** A PDF from its objects' own words, numbered from 1, the catalog first: for what no library would write. */
export function makeRawPdf(objects: readonly string[]): Buffer {
  let file = '%PDF-1.7\n'
  const offsets = objects.map((object, index) => {
    const offset = file.length
    file += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`)
  const size = objects.length + 1
  const trailer = `trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${file.length}\n%%EOF\n`
  return Buffer.from(`${file}xref\n0 ${size}\n0000000000 65535 f \n${table.join('')}${trailer}`, 'latin1')
}

/** One page that takes minutes to draw: a shading over all of it, ten thousand times. It opens at once. */
export function makeSlowPdf(): Buffer {
  const content = '/S sh\n'.repeat(10_000)
  const shading =
    '<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 288 432]' +
    '/Function<</FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 0 1]/N 1.5>>/Extend[true true]>>'
  return makeRawPdf([
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]/Contents 4 0 R/Resources<</Shading<</S ${shading}>>>>>>`,
    `<</Length ${content.length}>>stream\n${content}\nendstream`,
  ])
}
