import { fileTypeFromBuffer } from 'file-type'
import { type DocumentType, UnreadableError } from './rendering.ts'

const IMAGE_TYPES: Readonly<Record<string, DocumentType>> = {
  'image/png': 'image/png',
  'image/apng': 'image/png',
  'image/jpeg': 'image/jpeg',
}

/** Readers look for the header in the first 1024 bytes (ISO 32000-1, Annex H.3, note 13), so printers' drivers put jobs' headers before it. */
const PDF_HEADER_WITHIN_BYTES = 1024
export const PDF_HEADER = '%PDF-'

/** By content alone. A ZIP archive whose first entry is a PDF is a ZIP: the header counts only where nothing else was recognised. */
export async function documentType(bytes: Uint8Array): Promise<DocumentType> {
  const detected = await fileTypeFromBuffer(bytes)
  if (detected === undefined || detected.mime === 'application/pdf') {
    if (hasPdfHeader(bytes)) return 'application/pdf'
  } else {
    const image = IMAGE_TYPES[detected.mime]
    if (image !== undefined) return image
  }
  throw new UnreadableError('wrong_type', 'the document is not a PDF, PNG or JPEG')
}

function hasPdfHeader(bytes: Uint8Array): boolean {
  const head = Buffer.from(
    bytes.buffer,
    bytes.byteOffset,
    Math.min(bytes.byteLength, PDF_HEADER_WITHIN_BYTES),
  )
  return head.includes(PDF_HEADER)
}
