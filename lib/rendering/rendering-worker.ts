import sharp from 'sharp'
import { doThermalWork, isThermalTask, type ThermalTask } from '../thermal/receipt-work.ts'
import { arrangeDocument, drawDocumentSheet, printDocument } from './document-printing.ts'
import { documentType } from './document-type.ts'
import { decodeGrey } from './grey-decoding.ts'
import { wrapImage } from './image-wrapping.ts'
import { examineLabel } from './label-examination.ts'
import { drawPage } from './page-drawing.ts'
import { inspectPdf } from './pdf-inspection.ts'
import { withPdfiumKept } from './pdfium-reuse.ts'
import { inspectPicture } from './picture-inspection.ts'
import { type Inspection, UnreadableError } from './rendering.ts'
import type { RenderingOutcome, RenderingResults, RenderingTask } from './rendering-task.ts'

// pdf-lib warns there about each odd number of a document, and a document can have millions.
console.warn = () => undefined

// The pool has as many threads as the machine is meant to give; cached pictures of one document serve no other.
sharp.concurrency(1)
sharp.cache(false)

/** The one function of a worker thread. It throws nothing: whatever a library makes of a document is the document's fault. */
export async function runRenderingTask(task: RenderingTask): Promise<RenderingOutcome> {
  try {
    return { value: await withPdfiumKept(() => run(task)) }
  } catch (error) {
    if (error instanceof UnreadableError) return { refusal: { reason: error.reason, message: error.message } }
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { refusal: { reason: 'unreadable', message: 'the document is damaged', detail } }
  }
}

async function run(task: RenderingTask): Promise<RenderingResults[RenderingTask['kind']]> {
  return isThermalTask(task) ? doThermalWork(task, decodeGrey) : readDocument(task)
}

async function readDocument(
  task: Exclude<RenderingTask, ThermalTask>,
): Promise<RenderingResults[RenderingTask['kind']]> {
  switch (task.kind) {
    case 'arrange':
      return arrangeDocument(task)
    case 'print':
      return printDocument(task)
    case 'examine':
      return examineLabel(task)
    case 'drawSheet':
      return drawDocumentSheet(task)
    case 'inspect':
      return inspect(task)
    case 'decodeGrey':
      return decodeGrey(task.bytes, task.scale)
    case 'wrapImage':
      return wrapImage(task.bytes, task.page)
    case 'drawPage':
      return drawPage(task.bytes, task.page, task.dpi, task.options)
  }
}

async function inspect({ bytes, limits }: RenderingTask & { kind: 'inspect' }): Promise<Inspection> {
  const mediaType = await documentType(bytes)
  return mediaType === 'application/pdf' ? inspectPdf(bytes, limits) : inspectPicture(bytes, mediaType)
}
