import type { InspectedDocument } from '../documents/document.ts'
import { DOCUMENT_BYTES_MAX, type DocumentsService } from '../documents/documents-service.ts'
import { chooseFileName } from '../documents/file-name.ts'
import { type Egress, EgressError } from '../egress/egress.ts'
import { InvalidError } from '../errors.ts'
import { inferPrintTarget, type PrintTarget, TARGET_STOCKS } from '../printers/print-target.ts'
import type { DocumentType } from '../rendering/rendering.ts'
import type { FileSource } from './file-options.ts'
import type { FileRequest } from './file-request.ts'

/** A file at hand, looked into and not stored yet. */
export interface PreparedFile {
  /** The member it came from, for whatever is said about it later. */
  readonly field: FileField
  /** Null: `file_content` of an edit that names none. */
  readonly name: string | null
  readonly document: InspectedDocument
  readonly inferredTarget: PrintTarget
  /** The highest resolution at which none of its pages is too large. */
  readonly dpiMax: number
}

type FileField = 'file_content' | 'file_request'

export interface InstructionFiles {
  /** Downloads if need be, and looks into it. Throws InvalidError. No database: never call it in a transaction. */
  prepare(source: FileSource): Promise<PreparedFile>
}

const FINE_DPI = TARGET_STOCKS.LASER.dpi
const COARSE_DPI = TARGET_STOCKS.LABEL.dpi

export function createInstructionFiles(options: {
  readonly documents: DocumentsService
  readonly egress: Egress
}): InstructionFiles {
  const { documents, egress } = options

  /**
   * How large a page may be depends on the target's resolution, and the target is known only once the file was looked
   * into, or, on an edit, under the lock. Nearly every document passes at the finest; one that doesn't may still be a
   * label, so it gets a second look at theirs.
   */
  async function inspect(
    bytes: Buffer,
    field: FileField,
  ): Promise<{ document: InspectedDocument; dpiMax: number }> {
    if (bytes.length > DOCUMENT_BYTES_MAX)
      throw new InvalidError(field, 'too_large', `${field} has more than 25 MiB`)
    try {
      return { document: await documents.inspect(bytes, { field, dpi: FINE_DPI }), dpiMax: FINE_DPI }
    } catch (error) {
      if (!(error instanceof InvalidError) || error.details.reason !== 'too_large') throw error
      return { document: await documents.inspect(bytes, { field, dpi: COARSE_DPI }), dpiMax: COARSE_DPI }
    }
  }

  return {
    async prepare(source) {
      const field = source.kind === 'content' ? 'file_content' : 'file_request'
      const file = source.kind === 'content' ? source : await download(egress, source.request)
      const { document, dpiMax } = await inspect(file.bytes, field)
      const inferredTarget = inferPrintTarget({
        widthPt: document.firstPageWidthPt,
        heightPt: document.firstPageHeightPt,
      })
      const name =
        'dispositionFileNames' in file
          ? chooseFileName({
              given: source.name,
              dispositionFileNames: file.dispositionFileNames,
              url: file.url,
              mediaType: document.mediaType as DocumentType,
            })
          : source.name
      return { field, name, document, inferredTarget, dpiMax }
    },
  }
}

interface DownloadedFile {
  readonly bytes: Buffer
  readonly dispositionFileNames: readonly string[]
  readonly url: string
}

async function download(egress: Egress, { url, auth, headers }: FileRequest): Promise<DownloadedFile> {
  try {
    const answer = await egress.download({
      url,
      auth: auth ?? undefined,
      headers,
      maxBytes: DOCUMENT_BYTES_MAX,
    })
    return { bytes: answer.bytes, dispositionFileNames: answer.dispositionFileNames, url }
  } catch (error) {
    if (!(error instanceof EgressError)) throw error
    throw new InvalidError(
      'file_request.url',
      error.reason,
      `file_request.url: ${error.message}`,
      error.reason === 'status' ? { status: error.status } : {},
    )
  }
}

/** Throws InvalidError when a page would have more than 64 megapixels at that target's resolution. */
export function assertFitsTarget(file: PreparedFile, target: PrintTarget): void {
  if (TARGET_STOCKS[target].dpi <= file.dpiMax) return
  throw new InvalidError(file.field, 'too_large', `${file.field} has a page that is too large for ${target}`)
}
