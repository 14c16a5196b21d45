import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { PDFiumModule } from '@hyzyla/pdfium'
import { UnreadableError } from './rendering.ts'

/**
 * PDFium's C interface as compiled to WebAssembly (fpdfview.h). The package's own classes are passed by: they check no
 * allocation, floor page sizes, draw with subpixel text and parse a whole page to tell its size.
 */
export interface Pdfium {
  /** What C calls by pointer. */
  readonly functions: FunctionTable
  readonly HEAPU8: Uint8Array
  readonly wasmExports: { malloc(bytes: number): number }
  _FPDF_InitLibraryWithConfig(config: object): void
  _FPDF_LoadMemDocument(bytes: number, length: number, password: number): number
  _FPDF_GetLastError(): number
  _FPDF_GetSecurityHandlerRevision(document: number): number
  _FPDF_GetPageCount(document: number): number
  _FPDF_GetPageSizeByIndexF(document: number, index: number, size: number): number
  _FPDF_LoadPage(document: number, index: number): number
  _FPDF_ClosePage(page: number): void
  _FPDF_GetPageBoundingBox(page: number, rectangle: number): number
  _FPDFPage_GetAnnotCount(page: number): number
  _FPDFPage_Flatten(page: number, usage: number): number
  _FPDFPage_SetMediaBox(page: number, ...leftBottomRightTop: number[]): void
  _FPDFPage_SetCropBox(page: number, ...leftBottomRightTop: number[]): void
  _FPDFPage_TransFormWithClip(page: number, matrix: number, clip: number): number
  _FPDFPage_New(document: number, index: number, width: number, height: number): number
  _FPDF_CreateNewDocument(): number
  _FPDF_ImportPagesByIndex(to: number, from: number, indices: number, count: number, at: number): number
  _FPDF_ImportNPagesToOne(from: number, ...widthHeightColumnsRows: number[]): number
  _FPDF_SaveAsCopy(document: number, writer: number, flags: number): number
  _FPDFBitmap_CreateEx(width: number, height: number, format: number, pixels: number, stride: number): number
  _FPDFBitmap_Destroy(bitmap: number): void
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

interface FunctionTable {
  get(index: number): unknown
  set(index: number, callee: unknown): void
}

interface Exports {
  readonly __indirect_function_table: FunctionTable
  /** Of the module that `asCallback` makes. */
  readonly f?: unknown
}

/** Part of the language's platform, yet typed by the DOM library alone. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: Exports }
}

const loadPdfium = PDFiumModule as unknown as (options: PdfiumOptions) => Promise<Omit<Pdfium, 'functions'>>

/** Room for a page of 64 megapixels in RGB (192 MB) with a transparency group of its size (256 MB), and no more for a bomb. */
const HEAP_MAX_BYTES = 768 * 1024 * 1024

const wasm = new WebAssembly.Module(
  readFileSync(createRequire(import.meta.url).resolve('@hyzyla/pdfium/pdfium.wasm')),
)

export async function startPdfium(): Promise<Pdfium> {
  let exported: Exports | undefined
  const pdfium = await loadPdfium({
    locateFile: () => '',
    // What it says about a broken document concerns nobody, and would fill the server's log.
    print: () => undefined,
    printErr: () => undefined,
    instantiateWasm(imports, done) {
      const resize = imports.env.emscripten_resize_heap
      imports.env.emscripten_resize_heap = (size) => (size >>> 0 > HEAP_MAX_BYTES ? 0 : resize(size))
      const instance = new WebAssembly.Instance(wasm, imports)
      exported = instance.exports
      done(instance)
    },
  })
  pdfium._FPDF_InitLibraryWithConfig({})
  if (exported === undefined) throw new Error('PDFium was not instantiated')
  return Object.assign(pdfium, { functions: exported.__indirect_function_table })
}

/** Throws UnreadableError when the document has used up its memory. */
export function allocate(pdfium: Pdfium, bytes: number): number {
  const pointer = pdfium.wasmExports.malloc(bytes)
  if (pointer === 0) throw new UnreadableError('too_large', 'the document needs more memory than it may use')
  return pointer
}

/**
 * `(module (import "e" "f" (func (param i32 i32 i32) (result i32))) (export "f" (func 0)))`: C can call a function of
 * WebAssembly alone, and this one passes the call on.
 */
const CALLBACK_MODULE = new WebAssembly.Module(
  Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 8, 1, 0x60, 3, 0x7f, 0x7f, 0x7f, 1, 0x7f],
    ...[2, 7, 1, 1, 0x65, 1, 0x66, 0, 0, 7, 5, 1, 1, 0x66, 0, 0],
  ),
)

/** The null pointer's: the package's table can't grow, and nothing else in it is free. */
export const CALLBACK_SLOT = 0

/** The document as a file. Nothing may be done with the instance afterwards. */
export function save(pdfium: Pdfium, document: number): Uint8Array {
  const blocks: Uint8Array[] = []
  const writeBlock = (_self: number, data: number, size: number) => {
    blocks.push(pdfium.HEAPU8.slice(data, data + size))
    return 1
  }
  const { exports } = new WebAssembly.Instance(CALLBACK_MODULE, { e: { f: writeBlock } })
  pdfium.functions.set(CALLBACK_SLOT, exports.f)
  // FPDF_FILEWRITE of version 1: the number, then WriteBlock.
  const writer = allocate(pdfium, 8)
  new Int32Array(pdfium.HEAPU8.buffer, writer, 2).set([1, CALLBACK_SLOT])
  if (pdfium._FPDF_SaveAsCopy(document, writer, 0) === 0) {
    throw new UnreadableError('unreadable', 'the PDF is damaged')
  }
  return Buffer.concat(blocks)
}
