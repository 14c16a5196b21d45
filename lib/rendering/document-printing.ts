import { type RgbRaster, toBitmap, toGrey, withoutTail } from './bitmap.ts'
import { documentType, PDF_HEADER } from './document-type.ts'
import { toEscpos } from './escpos-raster.ts'
import { wrapImage } from './image-wrapping.ts'
import { turned } from './page-placement.ts'
import { type PagePlan, planPages } from './page-plan.ts'
import type { PageRaster, RasterColor } from './page-raster.ts'
import { openMeasuredPdf } from './pdf-page.ts'
import type { OpenPdf } from './pdfium.ts'
import { openPicture, pictureSize } from './picture.ts'
import { encodeJpeg, encodePng } from './picture-encoding.ts'
import type {
  PageRequest,
  PrintableDocument,
  PrintLanguage,
  PrintRequest,
  RasterRequest,
  SheetRequest,
} from './print-request.ts'
import { toPwgPage } from './pwg-raster.ts'
import { type PageSize, UnreadableError } from './rendering.ts'
import { blankSheet, drawSheet } from './sheet-drawing.ts'
import { toUrfPage } from './urf-raster.ts'
import { toZpl } from './zpl-graphic.ts'

/** Of all that is made of one document: a thousand pages of labels have a tenth of it. */
const OUTPUT_MAX_BYTES = 256 * 1024 * 1024

interface PlannedDocument {
  readonly pdf: OpenPdf
  /** A picture is on its page by now. */
  readonly bytes: Uint8Array
  readonly plan: PagePlan
}

/** Ends a job in a printer's stream of bytes, wherever it stands; what follows is its job language (PJL), settings too. */
const JOB_END = '\x1b%-12345X'

/**
 * A PDF with the job's settings applied; the very bytes where nothing changes. What stands around a PDF or in it and isn't
 * for its reader but for a printer doesn't reach one. Throws UnreadableError.
 */
export async function arrangeDocument(request: PageRequest): Promise<PrintableDocument> {
  const { pdf, bytes, plan } = await openDocument(request)
  const { pages, warnings } = plan
  const isLeftAsItIs = plan.isUnchanged && isPlainPdf(bytes)
  const arranged = isLeftAsItIs ? bytes : pdf.arrange(pages)
  if (!isLeftAsItIs && hasJobEnd(arranged)) {
    throw new UnreadableError('unreadable', 'the document holds the sign with which printers end a job')
  }
  return { bytes: arranged, pageCount: pages.length, warnings }
}

function isPlainPdf(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, PDF_HEADER.length))
  return start.toString('latin1') === PDF_HEADER && !hasJobEnd(bytes)
}

function hasJobEnd(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(JOB_END, 0, 'latin1')
}

/** Throws UnreadableError. */
export async function printDocument(request: PrintRequest): Promise<PrintableDocument> {
  const { pdf, plan } = await openDocument(request)
  const total = plan.pages.length
  const parts: Uint8Array[] = []
  let length = 0
  for (const raster of drawSheets(pdf, plan, request)) {
    const part = await encodePage(raster, request, { number: parts.length + 1, total })
    length += part.length
    if (length > OUTPUT_MAX_BYTES) {
      throw new UnreadableError('too_large', 'the document would fill the memory of its printer')
    }
    parts.push(part)
  }
  return { bytes: Buffer.concat(parts), pageCount: total, warnings: plan.warnings }
}

/** PNG; undefined past the last sheet. Throws UnreadableError. */
export async function drawDocumentSheet(request: SheetRequest): Promise<Uint8Array | undefined> {
  const { sheet, isBlackAndWhite, dpi } = request
  const { pdf, plan } = await openDocument(request)
  if (sheet > plan.pages.length) return undefined
  const pages = plan.pages.slice(Math.max(0, sheet - 2), sheet)
  const raster = [...drawSheets(pdf, { ...plan, pages }, request)].at(-1)
  if (!raster) return undefined
  if (!isBlackAndWhite) return encodePng(raster, dpi)
  const bitmap = toBitmap(raster)
  return encodePng(request.settings.paperKind === 'roll' ? withoutTail(bitmap) : bitmap, dpi)
}

export async function openDocument({ bytes, settings, imagePage }: PageRequest): Promise<PlannedDocument> {
  const isPdf = (await documentType(bytes)) === 'application/pdf'
  const pages = isPdf ? bytes : await wrapImage(bytes, await pageForPicture(bytes, settings, imagePage))
  const pdf = await openMeasuredPdf(pages)
  return { pdf, bytes: pages, plan: planPages(pdf, settings) }
}

/** A picture is put on the paper as it will be turned, so that it isn't shrunk twice; a roll is as long as the picture. */
async function pageForPicture(
  bytes: Uint8Array,
  { paperKind, orientation }: PageRequest['settings'],
  page: PageSize,
): Promise<PageSize> {
  if (paperKind !== 'roll') return orientation === 'landscape' ? turned(page) : page
  const { widthPt, heightPt } = pictureSize(await openPicture(bytes))
  return { widthPt: page.widthPt, heightPt: heightPt * Math.min(1, page.widthPt / widthPt) }
}

/** One sheet after the other: the pixels of one are gone with the next. */
export function* drawSheets(
  pdf: OpenPdf,
  { pages }: PagePlan,
  { dpi, settings: { paper, paperKind } }: RasterRequest,
): Generator<RgbRaster> {
  const feed = paperKind === 'roll' ? null : paper
  let before: RgbRaster | undefined
  for (const page of pages) {
    if (page === null && before === undefined) continue
    const raster = page === null ? blankSheet(before as RgbRaster) : drawSheet(pdf, page, { dpi, feed })
    yield raster
    before = raster
  }
}

async function encodePage(
  raster: RgbRaster,
  { dpi, language }: PrintRequest,
  number: { readonly number: number; readonly total: number },
): Promise<Uint8Array> {
  switch (language.kind) {
    case 'zpl':
      return toZpl([toBitmap(raster)], language)
    case 'escpos':
      return toEscpos([withoutTail(toBitmap(raster))], language.cut)
    case 'pwg':
      return toPwgPage(toPageRaster(raster, language.color), { ...language, dpi }, number)
    case 'urf':
      return toUrfPage(toPageRaster(raster, language.color), { ...language, dpi }, number)
    case 'jpeg':
      return encodeOnlyPage(raster, language, dpi, number.total)
  }
}

function encodeOnlyPage(
  raster: RgbRaster,
  { color }: PrintLanguage & { kind: 'jpeg' },
  dpi: number,
  total: number,
): Promise<Uint8Array> {
  if (total === 1) return encodeJpeg(raster, { dpi, isGrey: color === 'sgray_8' })
  throw new UnreadableError(
    'unreadable',
    `the printer takes pictures alone, and a picture cannot hold ${total} pages`,
  )
}

function toPageRaster(raster: RgbRaster, color: RasterColor): PageRaster {
  const { widthPx, heightPx, pixels } = raster
  const size = { widthPx, heightPx }
  if (color === 'srgb_8') return { ...size, bytesPerLine: widthPx * 3, lines: pixels }
  if (color === 'sgray_8') return { ...size, bytesPerLine: widthPx, lines: toGrey(raster) }
  const { widthBytes, bits } = toBitmap(raster)
  return { ...size, bytesPerLine: widthBytes, lines: bits }
}
