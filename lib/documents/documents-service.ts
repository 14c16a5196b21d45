import { createHash } from 'node:crypto'
import type { Db } from '../db/database.ts'
import { InvalidError, NotFoundError } from '../errors.ts'
import { newId } from '../ids.ts'
import { type Rendering, UnreadableError } from '../rendering/rendering.ts'
import type { InspectedDocument, StoredDocument } from './document.ts'
import { findDocument, findDocumentBase64, findDocumentContent, insertDocument } from './document-store.ts'

/** 25 MiB: contracts/printing.md, "Intake". */
export const DOCUMENT_BYTES_MAX = 26_214_400

export interface DocumentsService {
  /**
   * Looks into the bytes, in a worker; touches no database. Throws InvalidError about `field` with reason `wrong_type`,
   * `unreadable` or `too_large`. `dpi` is the resolution of the printers it is meant for.
   */
  inspect(
    bytes: Buffer,
    options: { readonly field: string; readonly dpi: number },
  ): Promise<InspectedDocument>
  /** Stores it, or finds the same bytes stored: part of the caller's transaction. */
  store(db: Db, document: InspectedDocument): Promise<StoredDocument>
  /** What is known of it, without its bytes. Undefined when they are not there. */
  find(db: Db, documentId: string): Promise<StoredDocument | undefined>
  /** The bytes in base64, in parts of a megabyte; undefined when they were removed after their retention. */
  findBase64(db: Db, documentId: string): Promise<readonly string[] | undefined>
  /** Throws NotFoundError for a document whose bytes are not there. */
  read(db: Db, documentId: string): Promise<{ readonly document: StoredDocument; readonly bytes: Buffer }>
}

export function createDocumentsService(rendering: Rendering): DocumentsService {
  return {
    async inspect(bytes, { field, dpi }) {
      const inspection = await rendering.inspect(bytes, { dpi }).catch((error: unknown) => {
        if (!(error instanceof UnreadableError)) throw error
        throw new InvalidError(field, error.reason, `${field}: ${error.message}`)
      })
      return {
        bytes,
        sha256: createHash('sha256').update(bytes).digest(),
        mediaType: inspection.mediaType,
        sizeBytes: bytes.length,
        pageCount: inspection.pageCount,
        firstPageWidthPt: inspection.firstPage.widthPt,
        firstPageHeightPt: inspection.firstPage.heightPt,
        isEncrypted: inspection.isEncrypted,
      }
    },

    async store(db, document) {
      const documentId = await insertDocument(db, newId('doc'), document)
      const { bytes: _bytes, sha256: _sha256, ...rest } = document
      return { ...rest, documentId }
    },

    find: (db, documentId) => findDocument(db, documentId),

    findBase64: (db, documentId) => findDocumentBase64(db, documentId),

    async read(db, documentId) {
      const found = await findDocumentContent(db, documentId)
      if (!found) throw new NotFoundError('document', documentId)
      return found
    },
  }
}
