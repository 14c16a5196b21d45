import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { PDFiumModule } from '@hyzyla/pdfium'
import type { RasterSize } from './document-limits.ts'
import { type PageSize, UnreadableError } from './rendering.ts'

/**
 * PDFium's C interface as compiled to WebAssembly (fpdfview.h). The package's own classes are passed by: they check no
 * allocation, floor page sizes, draw with subpixel text and parse a whole page to tell its size.
 */
interface Pdfium {
  readonly HEAPU8: Uint8Array
  readonly wasmExports: { malloc(bytes: number): number }
  _FPDF_InitLibraryWithConfig(config: object): void
  _FPDF_LoadMemDocument(bytes: number, length: number, password: number): number
  _FPDF_GetLastError(): number
  _FPDF_GetSecurityHandlerRevision(document: number): number
  _FPDF_GetPageCount(document: number): number
  _FPDF_GetPageSizeByIndexF(document: number, index: number, size: number): number
  _FPDF_LoadPage(document: number, index: number): number
  _FPDFBitmap_CreateEx(width: number, height: number, format: number, pixels: number, stride: number): number
  _FPDFBitmap_FillRect(bitmap: number, ...leftTopWidthHeightColor: number[]): void
  _FPDF_RenderPageBitmap(bitmap: number, page: number, ...leftTopWidthHeightRotateFlags: number[]): void
  _FPDF_GetFormType(document: number): number
  _FPDFDOC_InitFormFillEnvironment(document: number, callbacks: number): number
  _FORM_OnAfterLoadPage(page: number, form: number): void
  _FPDF_FFLDraw(form: number, bitmap: number, page: number, ...leftTopWidthHeightRotateFlags: number[]): void
}

interface PdfiumOptions {
  locateFile(): string
  print(line: string): void
  printErr(line: string): void
  instantiateWasm(imports: PdfiumImports, done: (instance: object) => void): void
}

interface PdfiumImports {
  readonly env: { emscripten_resize_heap: (bytes: number) => number | boolean }
}

/** Part of the language's platform, yet typed by the DOM library alone. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => object
}

const loadPdfium = PDFiumModule as unknown as (options: PdfiumOptions) => Promise<Pdfium>

/** Room for a page of 64 megapixels in RGB (192 MB) with a transparency group of its size (256 MB), and no more for a bomb. */
const HEAP_MAX_BYTES = 768 * 1024 * 1024

/** fpdfview.h: FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY, FPDFBitmap_BGR, and the flags REVERSE_BYTE_ORDER, PRINTING, ANNOT. */
const ERROR_PASSWORD = 4
const ERROR_SECURITY = 5
const BITMAP_BGR = 2
const AS_PRINTED_IN_RGB = 0x10 | 0x800
const WITH_ANNOTATIONS = 0x01
const WHITE = 0xffffffff
const RGB_CHANNELS = 3

/** The structure has 140 bytes in 32 bits. */
const FORM_CALLBACKS_BYTES = 256

const wasm = new WebAssembly.Module(
  readFileSync(createRequire(import.meta.url).resolve('@hyzyla/pdfium/pdfium.wasm')),
)

export interface OpenPdf {
  readonly pageCount: number
  readonly isEncrypted: boolean
  /** Crop box and rotation applied; PDFium alone leaves the user unit out. `index` counts from 0. */
  pageSize(index: number): PageSize
  /** RGB, three bytes per pixel, white behind the page. */
  draw(index: number, size: RasterSize): Uint8Array
}

/**
 * Opens a PDF with the empty password. Each document gets its own instance (4 ms), which is dropped with everything it
 * allocated: so nothing is freed by hand, memory that a bomb made it grow goes, and no document meets the remains of another.
 */
export async function openPdf(bytes: Uint8Array): Promise<OpenPdf> {
  const pdfium = await startPdfium()
  const pointer = allocate(pdfium, bytes.length)
  pdfium.HEAPU8.set(bytes, pointer)
  const document = pdfium._FPDF_LoadMemDocument(pointer, bytes.length, 0)
  if (document === 0) throw openError(pdfium._FPDF_GetLastError())
  return {
    pageCount: pdfium._FPDF_GetPageCount(document),
    // -1 for a document without encryption.
    isEncrypted: pdfium._FPDF_GetSecurityHandlerRevision(document) > 0,
    pageSize: (index) => pageSize(pdfium, document, index),
    draw: (index, size) => draw(pdfium, document, index, size),
  }
}

async function startPdfium(): Promise<Pdfium> {
  const pdfium = await loadPdfium({
    locateFile: () => '',
    // What it says about a broken document concerns nobody, and would fill the server's log.
    print: () => undefined,
    printErr: () => undefined,
    instantiateWasm(imports, done) {
      const resize = imports.env.emscripten_resize_heap
      imports.env.emscripten_resize_heap = (size) => (size >>> 0 > HEAP_MAX_BYTES ? 0 : resize(size))
      done(new WebAssembly.Instance(wasm, imports))
    },
  })
  pdfium._FPDF_InitLibraryWithConfig({})
  return pdfium
}

function allocate(pdfium: Pdfium, bytes: number): number {
  const pointer = pdfium.wasmExports.malloc(bytes)
  if (pointer === 0) throw new UnreadableError('too_large', 'the document needs more memory than it may use')
  return pointer
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

function draw(pdfium: Pdfium, document: number, index: number, size: RasterSize): Uint8Array {
  const page = pdfium._FPDF_LoadPage(document, index)
  if (page === 0) throw damagedPage(index)
  const { widthPx, heightPx } = size
  const stride = widthPx * RGB_CHANNELS
  const pixels = allocate(pdfium, stride * heightPx)
  const bitmap = pdfium._FPDFBitmap_CreateEx(widthPx, heightPx, BITMAP_BGR, pixels, stride)
  if (bitmap === 0) throw damagedPage(index)
  pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, widthPx, heightPx, WHITE)
  const area = [0, 0, widthPx, heightPx, 0] as const
  pdfium._FPDF_RenderPageBitmap(bitmap, page, ...area, AS_PRINTED_IN_RGB | WITH_ANNOTATIONS)
  const form = startForm(pdfium, document)
  if (form !== 0) {
    pdfium._FORM_OnAfterLoadPage(page, form)
    pdfium._FPDF_FFLDraw(form, bitmap, page, ...area, AS_PRINTED_IN_RGB)
  }
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
