import { DOCUMENT_MAX_PAGES, rasterSize } from './document-limits.ts'
import { openMeasuredPdf } from './pdf-page.ts'
import { type Inspection, type InspectionLimits, UnreadableError } from './rendering.ts'

/** Mail gateways and scanners append line ends, zeroes or a trailer of their own; more than this is another file. */
const AFTER_END_MAX_BYTES = 2048
const LINEARIZED_WITHIN_BYTES = 1024
const PADDING = new Set(Buffer.from('\0\t\n\r '))

export async function inspectPdf(bytes: Uint8Array, limits: InspectionLimits): Promise<Inspection> {
  refuseTruncated(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  const pdf = await openMeasuredPdf(bytes)
  const { pageCount, isEncrypted } = pdf
  if (pageCount < 1) throw new UnreadableError('unreadable', 'the PDF has no pages')
  if (pageCount > DOCUMENT_MAX_PAGES) {
    throw new UnreadableError('too_large', `the PDF has more than ${DOCUMENT_MAX_PAGES} pages`)
  }
  for (let index = 0; index < pageCount; index += 1) {
    rasterSize(pdf.pageSize(index), limits.dpi, `page ${index + 1}`)
  }
  return { mediaType: 'application/pdf', pageCount, firstPage: pdf.pageSize(0), isEncrypted }
}

/**
 * PDFium rebuilds the table of a file that was cut off and shows the pages it still finds, so half an upload would print
 * as a shorter document. Three signs tell: the end mark is not near the end; objects follow the last one (an update was
 * cut off, and the mark is the earlier revision's); the file is shorter than the length a linearized file states in its
 * head (its first section has an end mark too: ISO 32000-1, Annex F).
 */
function refuseTruncated(pdf: Buffer): void {
  const tail = withoutPadding(pdf).subarray(-AFTER_END_MAX_BYTES).toString('latin1')
  const end = tail.lastIndexOf('%%EOF')
  const isCutOff = end < 0 || /\d\s+\d+\s+obj\b/.test(tail.slice(end)) || statedLength(pdf) > pdf.length
  if (isCutOff) throw new UnreadableError('unreadable', 'the end of the PDF is missing')
}

/** Tapes and block devices fill the last block with zeroes, some writers with blanks: as many as there are. */
function withoutPadding(pdf: Buffer): Buffer {
  let end = pdf.length
  while (end > 0 && PADDING.has(pdf[end - 1] as number)) end -= 1
  return pdf.subarray(0, end)
}

function statedLength(pdf: Buffer): number {
  const head = pdf.subarray(0, LINEARIZED_WITHIN_BYTES).toString('latin1')
  if (!head.includes('/Linearized')) return 0
  return Number(/\/L\s+(\d{1,15})\b/.exec(head)?.[1] ?? 0)
}
