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
  const different = [...new Map(taken.map((page) => [page.index, page])).values()]
  const places = new Map(different.map(({ index }, at) => [index, at]))
  let document = withoutNotes(source, different)
  const placed = different.map((page, at) => ({ ...page, unit: unitOf({ pdfium, document, at }, page) }))
  if (placed.some(isChanged)) document = placeAll({ pdfium, document }, placed)
  const order = taken.map(({ index }) => places.get(index) ?? 0)
  if (taken.length > different.length) document = importPages({ pdfium, document }, order)
  for (const [at, page] of pages.entries()) {
    if (page === null) insertBlank({ pdfium, document, at }, pages)
  }
  return save(pdfium, document)
}

type Document = Pick<Source, 'pdfium' | 'document'>

/** A new document of these pages of that one. */
function importPages({ pdfium, document }: Document, order: readonly number[]): number {
  const imported = pdfium._FPDF_CreateNewDocument()
  if (imported === 0) throw broken()
  const indices = allocate(pdfium, order.length * Int32Array.BYTES_PER_ELEMENT)
  new Int32Array(pdfium.HEAPU8.buffer, indices, order.length).set(order)
  if (pdfium._FPDF_ImportPagesByIndex(imported, document, indices, order.length, 0) === 0) throw broken()
  return imported
}

/**
 * The form gives its fields their looks while it is there. They become part of the page only after its import: what a page
 * inherits (its fonts) is lost when it gets resources of its own before.
 */
function withoutNotes({ pdfium, document, form }: Source, pages: readonly PlacedPage[]): number {
  for (const { index } of pages) {
    const page = loadPage(pdfium, document, index)
    if (form === 0) pdfium._FPDF_ClosePage(page)
    else pdfium._FORM_OnAfterLoadPage(page, form)
  }
  const imported = importPages(
    { pdfium, document },
    pages.map(({ index }) => index),
  )
  for (const at of pages.keys()) flatten(pdfium, loadPage(pdfium, imported, at))
  return imported
}

/** It forgets that a page shows no more than its media box, however large its crop box is. */
function flatten(pdfium: Pdfium, page: number): void {
  if (pdfium._FPDFPage_GetAnnotCount(page) > 0) {
    const pointer = allocate(pdfium, 4 * FLOAT_BYTES)
    if (pdfium._FPDF_GetPageBoundingBox(page, pointer) === 0) throw broken()
    const [left = 0, top = 0, right = 0, bottom = 0] = new Float32Array(pdfium.HEAPU8.buffer, pointer, 4)
    if (pdfium._FPDFPage_Flatten(page, FOR_PRINT) === FLATTEN_FAILED) throw broken()
    pdfium._FPDFPage_SetMediaBox(page, left, bottom, right, top)
    pdfium._FPDFPage_SetCropBox(page, left, bottom, right, top)
  }
  pdfium._FPDF_ClosePage(page)
}

interface PageAt extends Document {
  readonly at: number
}

interface UnitPage extends PlacedPage {
  /** Points of paper per unit of the page's boxes. */
  readonly unit: number
}

/** PDFium doesn't know user units. */
function unitOf({ pdfium, document, at }: PageAt, { size }: PlacedPage): number {
  return size.widthPt / sizeOf({ pdfium, document, at }).widthPt
}

/** What changes nothing is better not written anew. */
function isChanged({ unit, size, placement }: UnitPage): boolean {
  return Math.abs(unit - 1) > UNIT_TOLERANCE || !isUnchanged(size, placement)
}

/**
 * Each page becomes a picture (a form XObject) on a new page, and that is scaled and turned: patterns belong to a picture
 * and change with it. PDFium can transform a page itself, but it transforms patterns once for each page that uses them, and
 * all pages may use one.
 *
 * It makes such pictures only where it puts several pages on a sheet. So each page gets an empty one beside it: page and
 * empty page lie in two cells of one size, each fitted and in the middle of its own.
 */
function placeAll({ pdfium, document }: Document, pages: readonly UnitPage[]): number {
  const cell = sizeOf({ pdfium, document, at: 0 })
  const sizes = pages.map((_, at) => sizeOf({ pdfium, document, at }))
  for (const at of pages.keys()) insertPage({ pdfium, document, at: 2 * at + 1 }, cell)
  const sheets = pdfium._FPDF_ImportNPagesToOne(document, 2 * cell.widthPt, cell.heightPt, 2, 1)
  if (sheets === 0) throw broken()
  for (const [at, page] of pages.entries()) {
    place({ pdfium, document: sheets, at }, { page, seen: inCell(sizes[at] ?? cell, cell) })
  }
  return sheets
}

/** Where a page lies, its lower left corner first, and how much it was scaled. */
interface Seen extends Box {
  readonly fitted: number
}

function inCell({ widthPt, heightPt }: PageSize, cell: PageSize): Seen {
  const fitted = Math.min(cell.widthPt / widthPt, cell.heightPt / heightPt)
  const width = widthPt * fitted
  const height = heightPt * fitted
  return { left: (cell.widthPt - width) / 2, bottom: (cell.heightPt - height) / 2, width, height, fitted }
}

function place(
  { pdfium, document, at }: PageAt,
  { page: { placement, unit }, seen }: { readonly page: UnitPage; readonly seen: Seen },
): void {
  const { sheet, left, top, quarterTurns } = placement
  const scale = (placement.scale * unit) / seen.fitted
  const width = (quarterTurns === 1 ? seen.height : seen.width) * scale
  const height = (quarterTurns === 1 ? seen.width : seen.height) * scale
  const y = sheet.heightPt - top - height
  // FS_RECTF: left, top, right, bottom.
  const clip = [left, y + height, left + width, y]
  const page = loadPage(pdfium, document, at)
  const matrix = toMatrix(seen, { quarterTurns, scale, x: left, y })
  pdfium._FPDFPage_TransFormWithClip(page, floats(pdfium, matrix), floats(pdfium, clip))
  pdfium._FPDFPage_SetMediaBox(page, 0, 0, sheet.widthPt, sheet.heightPt)
  pdfium._FPDFPage_SetCropBox(page, 0, 0, sheet.widthPt, sheet.heightPt)
  pdfium._FPDF_ClosePage(page)
}

interface Box {
  readonly left: number
  readonly bottom: number
  readonly width: number
  readonly height: number
}

/** Scaled and turned counter-clockwise, with the lower left corner of the result at `x`, `y`. ISO 32000-1, 8.3.3. */
function toMatrix(
  { left, bottom, height }: Box,
  { quarterTurns, scale: s, x, y }: { quarterTurns: 0 | 1; scale: number; x: number; y: number },
): readonly number[] {
  return quarterTurns === 1
    ? [0, s, -s, 0, x + s * (height + bottom), y - s * left]
    : [s, 0, 0, s, x - s * left, y - s * bottom]
}

/** As large as the page before it, on whose back it is. */
function insertBlank(place: PageAt, pages: readonly (PlacedPage | null)[]): void {
  const before = pages.slice(0, place.at).findLast((page) => page !== null)
  insertPage(place, before?.placement.sheet ?? { widthPt: 612, heightPt: 792 })
}

function insertPage({ pdfium, document, at }: PageAt, { widthPt, heightPt }: PageSize): void {
  if (pdfium._FPDFPage_New(document, at, widthPt, heightPt) === 0) throw broken()
}

/** As seen, but for the user unit. */
function sizeOf({ pdfium, document, at }: PageAt): PageSize {
  const pointer = allocate(pdfium, 2 * FLOAT_BYTES)
  if (pdfium._FPDF_GetPageSizeByIndexF(document, at, pointer) === 0) throw broken()
  const [widthPt = 0, heightPt = 0] = new Float32Array(pdfium.HEAPU8.buffer, pointer, 2)
  return { widthPt, heightPt }
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
