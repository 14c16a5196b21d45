import { isUnchanged, type Placement } from './page-placement.ts'
import { allocate, type Pdfium, save } from './pdfium-module.ts'
import { type PageSize, UnreadableError } from './rendering.ts'

/** A page for a new document. */
export interface PlacedPage {
  /** From 0. */
  readonly index: number
  /** As seen. */
  readonly size: PageSize
  readonly placement: Placement
}

interface Source {
  readonly pdfium: Pdfium
  readonly document: number
  /** 0: it has no form. */
  readonly form: number
}

/** fpdf_flatten.h: FLAT_PRINT, FLATTEN_FAIL. */
const FOR_PRINT = 1
const FLATTEN_FAILED = 0
/** Boxes are singles: the quotient of two is no whole number. */
const UNIT_TOLERANCE = 1e-3
/** An IEEE single. */
const FLOAT_BYTES = 4

/**
 * A new document of these pages, in this order, nothing of the others in it. Notes and the fields of forms become part
 * of their page: a field without its form is drawn by no reader. Throws UnreadableError.
 */
export function arrangePages(source: Source, pages: readonly (PlacedPage | null)[]): Uint8Array {
  const { pdfium } = source
  const taken = pages.filter((page) => page !== null)
  for (const index of new Set(taken.map((page) => page.index))) flatten(source, index)
  const arranged = pdfium._FPDF_CreateNewDocument()
  if (arranged === 0) throw broken()
  importPages(source, arranged, taken)
  for (const [at, page] of taken.entries()) place({ pdfium, document: arranged, at }, page)
  for (const [at, page] of pages.entries()) {
    if (page === null) insertBlank(pdfium, arranged, at, pages)
  }
  return save(pdfium, arranged)
}

function importPages({ pdfium, document }: Source, arranged: number, pages: readonly PlacedPage[]): void {
  const indices = allocate(pdfium, pages.length * Int32Array.BYTES_PER_ELEMENT)
  new Int32Array(pdfium.HEAPU8.buffer, indices, pages.length).set(pages.map(({ index }) => index))
  if (pdfium._FPDF_ImportPagesByIndex(arranged, document, indices, pages.length, 0) === 0) throw broken()
}

function flatten({ pdfium, document, form }: Source, index: number): void {
  const page = loadPage(pdfium, document, index)
  if (form !== 0) pdfium._FORM_OnAfterLoadPage(page, form)
  const hasNotes = pdfium._FPDFPage_GetAnnotCount(page) > 0
  if (hasNotes && pdfium._FPDFPage_Flatten(page, FOR_PRINT) === FLATTEN_FAILED) throw broken()
  if (form === 0) pdfium._FPDF_ClosePage(page)
}

interface Target {
  readonly pdfium: Pdfium
  readonly document: number
  readonly at: number
}

/** A page that is imported loses its user unit: its points are those of paper from here on. */
function place({ pdfium, document, at }: Target, { size, placement }: PlacedPage): void {
  const page = loadPage(pdfium, document, at)
  const box = boundingBox(pdfium, page)
  const rotation = pdfium._FPDFPage_GetRotation(page)
  const unit = size.widthPt / (rotation % 2 === 1 ? box.height : box.width)
  // What changes nothing is better not written anew.
  if (Math.abs(unit - 1) > UNIT_TOLERANCE || !isUnchanged(size, placement)) {
    const clockwise = (rotation + 4 - placement.quarterTurns) % 4
    const { sheet, left, top } = placement
    const scale = placement.scale * unit
    const isTurned = clockwise % 2 === 1
    const width = (isTurned ? box.height : box.width) * scale
    const height = (isTurned ? box.width : box.height) * scale
    const y = sheet.heightPt - top - height
    const matrix = toMatrix(box, { quarterTurns: clockwise, scale, x: left, y })
    // FS_RECTF: left, top, right, bottom. What the page's own box hid stays hidden.
    const clip = [left, y + height, left + width, y]
    pdfium._FPDFPage_TransFormWithClip(page, floats(pdfium, matrix), floats(pdfium, clip))
    pdfium._FPDFPage_SetRotation(page, 0)
    pdfium._FPDFPage_SetMediaBox(page, 0, 0, sheet.widthPt, sheet.heightPt)
    pdfium._FPDFPage_SetCropBox(page, 0, 0, sheet.widthPt, sheet.heightPt)
  }
  pdfium._FPDF_ClosePage(page)
}

interface Box {
  readonly left: number
  readonly bottom: number
  readonly width: number
  readonly height: number
}

/** Scaled and turned clockwise, with the lower left corner of the result at `x`, `y`. ISO 32000-1, 8.3.3. */
function toMatrix(
  { left, bottom, width, height }: Box,
  { quarterTurns, scale: s, x, y }: { quarterTurns: number; scale: number; x: number; y: number },
): readonly number[] {
  switch (quarterTurns) {
    case 1:
      return [0, -s, s, 0, x - s * bottom, y + s * (width + left)]
    case 2:
      return [-s, 0, 0, -s, x + s * (width + left), y + s * (height + bottom)]
    case 3:
      return [0, s, -s, 0, x + s * (height + bottom), y - s * left]
    default:
      return [s, 0, 0, s, x - s * left, y - s * bottom]
  }
}

function boundingBox(pdfium: Pdfium, page: number): Box {
  const pointer = allocate(pdfium, 4 * FLOAT_BYTES)
  if (pdfium._FPDF_GetPageBoundingBox(page, pointer) === 0) throw broken()
  const [left = 0, top = 0, right = 0, bottom = 0] = new Float32Array(pdfium.HEAPU8.buffer, pointer, 4)
  return { left, bottom, width: right - left, height: top - bottom }
}

/** As large as the page before it, on whose back it is. */
function insertBlank(
  pdfium: Pdfium,
  document: number,
  at: number,
  pages: readonly (PlacedPage | null)[],
): void {
  const before = pages.slice(0, at).findLast((page) => page !== null)
  const { widthPt, heightPt } = before?.placement.sheet ?? { widthPt: 612, heightPt: 792 }
  if (pdfium._FPDFPage_New(document, at, widthPt, heightPt) === 0) throw broken()
}

function loadPage(pdfium: Pdfium, document: number, index: number): number {
  const page = pdfium._FPDF_LoadPage(document, index)
  if (page === 0) throw broken()
  return page
}

function floats(pdfium: Pdfium, values: readonly number[]): number {
  const pointer = allocate(pdfium, values.length * FLOAT_BYTES)
  new Float32Array(pdfium.HEAPU8.buffer, pointer, values.length).set(values)
  return pointer
}

function broken(): UnreadableError {
  return new UnreadableError('unreadable', 'the PDF is damaged')
}
