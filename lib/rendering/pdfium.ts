import type { RasterSize } from './document-limits.ts'
import { arrangePages, type PlacedPage } from './pdf-arrangement.ts'
import { allocate, type Pdfium } from './pdfium-module.ts'
import { takePdfium } from './pdfium-reuse.ts'
import { type PageSize, UnreadableError } from './rendering.ts'

/** fpdfview.h: FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY, FPDFBitmap_BGR and _Gray, and the flags REVERSE_BYTE_ORDER, PRINTING, ANNOT. */
const ERROR_PASSWORD = 4
const ERROR_SECURITY = 5
/** In a grey one there are no bytes to reverse: asked for it, PDFium ends itself. */
const BITMAPS = {
  rgb: { format: 2, channels: 3, flags: 0x10 | 0x800 },
  grey: { format: 1, channels: 1, flags: 0x800 },
} as const
const WITH_ANNOTATIONS = 0x01
const WHITE = 0xffffffff

/** The structure has 140 bytes in 32 bits. */
const FORM_CALLBACKS_BYTES = 256

export interface OpenPdf {
  readonly pageCount: number
  readonly isEncrypted: boolean
  /** Crop box and rotation applied; PDFium alone leaves the user unit out. `index` counts from 0. */
  pageSize(index: number): PageSize
  /** RGB, three bytes per pixel, white behind the page; good until the next call. */
  draw(index: number, size: RasterSize, area?: DrawnArea): Uint8Array
  /** The same in grey, a byte per pixel. */
  drawGrey(index: number, size: RasterSize, area: DrawnArea): Uint8Array
  /** A new PDF of these pages, null for a blank one; nothing can be done with this one afterwards. */
  arrange(pages: readonly (PlacedPage | null)[]): Uint8Array
}

/** Where the page comes on the raster, in pixels from its top left corner; what lies outside is cut off. */
export interface DrawnArea extends RasterSize {
  readonly leftPx: number
  readonly topPx: number
  /** Counter-clockwise; the size is that of the turned page. */
  readonly quarterTurns: number
}

/**
 * Opens a PDF with the empty password. Each document gets an instance as if it were new, with which everything goes that it
 * allocated: so nothing is freed by hand, memory that a bomb made it grow goes, and no document meets the remains of another.
 */
export async function openPdf(bytes: Uint8Array): Promise<OpenPdf> {
  const pdfium = await takePdfium()
  const pointer = allocate(pdfium, bytes.length)
  pdfium.HEAPU8.set(bytes, pointer)
  const document = pdfium._FPDF_LoadMemDocument(pointer, bytes.length, 0)
  if (document === 0) throw openError(pdfium._FPDF_GetLastError())
  const canvases = new Map<number, number>()
  return {
    pageCount: pdfium._FPDF_GetPageCount(document),
    // -1 for a document without encryption.
    isEncrypted: pdfium._FPDF_GetSecurityHandlerRevision(document) > 0,
    pageSize: (index) => pageSize(pdfium, document, index),
    draw: (index, size, area = { ...size, leftPx: 0, topPx: 0, quarterTurns: 0 }) =>
      draw({ pdfium, document, canvases }, index, { size, area, color: 'rgb' }),
    drawGrey: (index, size, area) =>
      draw({ pdfium, document, canvases }, index, { size, area, color: 'grey' }),
    arrange: (pages) => arrangePages({ pdfium, document, form: startForm(pdfium, document) }, pages),
  }
}

function openError(code: number): UnreadableError {
  if (code === ERROR_PASSWORD)
    return new UnreadableError('unreadable', 'the PDF needs a password to be opened')
  if (code === ERROR_SECURITY) {
    return new UnreadableError('unreadable', 'the PDF is encrypted in a way that is not supported')
  }
  return new UnreadableError('unreadable', 'the PDF is damaged')
}

function pageSize(pdfium: Pdfium, document: number, index: number): PageSize {
  const pointer = allocate(pdfium, 8)
  const isKnown = pdfium._FPDF_GetPageSizeByIndexF(document, index, pointer) !== 0
  const view = new DataView(pdfium.HEAPU8.buffer)
  const widthPt = view.getFloat32(pointer, true)
  const heightPt = view.getFloat32(pointer + 4, true)
  if (!isKnown || !isLength(widthPt) || !isLength(heightPt)) throw damagedPage(index)
  return { widthPt, heightPt }
}

function isLength(points: number): boolean {
  return Number.isFinite(points) && points > 0
}

interface Drawing {
  readonly pdfium: Pdfium
  readonly document: number
  /** Memory for pixels by its size, for one page after the other. */
  readonly canvases: Map<number, number>
}

interface Drawn {
  readonly size: RasterSize
  readonly area: DrawnArea
  readonly color: keyof typeof BITMAPS
}

function draw(
  { pdfium, document, canvases }: Drawing,
  index: number,
  { size, area, color }: Drawn,
): Uint8Array {
  const page = pdfium._FPDF_LoadPage(document, index)
  if (page === 0) throw damagedPage(index)
  const { widthPx, heightPx } = size
  const { format, channels, flags } = BITMAPS[color]
  // As CreateEx wants it: rows of a whole number of words aren't asked for where the memory is given.
  const stride = widthPx * channels
  const pixels = canvases.get(stride * heightPx) ?? allocate(pdfium, stride * heightPx)
  canvases.set(stride * heightPx, pixels)
  const bitmap = pdfium._FPDFBitmap_CreateEx(widthPx, heightPx, format, pixels, stride)
  if (bitmap === 0) throw damagedPage(index)
  pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, widthPx, heightPx, WHITE)
  // It turns clockwise.
  const turns = (4 - area.quarterTurns) % 4
  const place = [area.leftPx, area.topPx, area.widthPx, area.heightPx, turns] as const
  pdfium._FPDF_RenderPageBitmap(bitmap, page, ...place, flags | WITH_ANNOTATIONS)
  const form = startForm(pdfium, document)
  if (form !== 0) {
    pdfium._FORM_OnAfterLoadPage(page, form)
    pdfium._FPDF_FFLDraw(form, bitmap, page, ...place, flags)
  }
  // With a form environment a page must stay: the environment knows it.
  else pdfium._FPDF_ClosePage(page)
  pdfium._FPDFBitmap_Destroy(bitmap)
  return pdfium.HEAPU8.subarray(pixels, pixels + stride * heightPx)
}

/** PDFium draws the fields of a form, filled as they are, only through a form environment. 0 if there is no form. */
function startForm(pdfium: Pdfium, document: number): number {
  if (pdfium._FPDF_GetFormType(document) === 0) return 0
  // FPDF_FORMFILLINFO of version 2: the number, then callbacks that nothing here calls.
  const callbacks = allocate(pdfium, FORM_CALLBACKS_BYTES)
  pdfium.HEAPU8.fill(0, callbacks, callbacks + FORM_CALLBACKS_BYTES)
  new DataView(pdfium.HEAPU8.buffer).setUint32(callbacks, 2, true)
  return pdfium._FPDFDOC_InitFormFillEnvironment(document, callbacks)
}

function damagedPage(index: number): UnreadableError {
  return new UnreadableError('unreadable', `page ${index + 1} of the PDF is damaged`)
}
