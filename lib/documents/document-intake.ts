import { type Egress, EgressError } from '../egress/egress.ts'
import { InvalidError } from '../errors.ts'
import type { InspectedDocument } from './document.ts'
import { bareType, type DocumentSource } from './document-source.ts'
import { DOCUMENT_BYTES_MAX, type DocumentsService } from './documents-service.ts'
import { describeRaw, isRawType, looksLikeZpl, ZPL_TYPE } from './raw-document.ts'
import { filterZpl } from './zpl-filter.ts'

/** Why a document can't be printed: codes of contracts/cloud-printing.md, section 4, in `details.reason`. */
export type DocumentRefusal = 'document_unreachable' | 'document_too_large' | 'unsupported_document'

export interface TakenDocument {
  readonly document: InspectedDocument
  /** `zpl-command-removed: ^JU`: what will be missing on its way to the printer. The document is kept as it came. */
  readonly warnings: readonly string[]
}

export interface DocumentIntake {
  /**
   * Downloads if need be, and looks into it. Throws InvalidError about `data` with a DocumentRefusal. No database: never
   * call it in a transaction.
   */
  take(source: DocumentSource): Promise<TakenDocument>
}

interface Arrived {
  readonly bytes: Buffer
  /** Null: nothing is declared, the content alone decides. */
  readonly declaredType: string | null
}

export function createDocumentIntake(options: {
  readonly documents: Pick<DocumentsService, 'inspect'>
  readonly egress: Egress
  /** Resolution at which no page may pass 64 megapixels. */
  readonly dpi: number
}): DocumentIntake {
  const { documents, egress, dpi } = options

  async function arrive(source: DocumentSource): Promise<Arrived> {
    if (source.kind === 'data') return source
    const { bytes, contentType } = await egress
      .download({ url: source.url, maxBytes: DOCUMENT_BYTES_MAX })
      .catch((error: unknown) => {
        if (!(error instanceof EgressError)) throw error
        throw refusal(error.reason === 'too_large' ? 'document_too_large' : 'document_unreachable', error)
      })
    const declared = bareType(contentType ?? '')
    return { bytes, declaredType: declared === '' || declared === OCTETS ? null : declared }
  }

  async function inspectPages(bytes: Buffer, declaredType: string | null): Promise<TakenDocument> {
    const document = await documents.inspect(bytes, { field: 'data', dpi }).catch((error: unknown) => {
      if (!(error instanceof InvalidError)) throw error
      throw refusal('unsupported_document', error)
    })
    assertSame(declaredType, document.mediaType)
    return { document, warnings: [] }
  }

  return {
    async take(source) {
      const { bytes, declaredType } = await arrive(source)
      if (bytes.length === 0) throw unsupported('the document is empty')
      if (bytes.length > DOCUMENT_BYTES_MAX) {
        throw refusal('document_too_large', new Error('the document has more than 25 MiB'))
      }
      if (looksLikeZpl(bytes)) {
        assertSame(declaredType, ZPL_TYPE)
        return takeZpl(bytes)
      }
      if (declaredType === null || !isRawType(declaredType)) return inspectPages(bytes, declaredType)
      await assertNoPages(documents, bytes, dpi)
      return declaredType === ZPL_TYPE
        ? takeZpl(bytes)
        : { document: describeRaw(bytes, declaredType), warnings: [] }
    },
  }
}

const OCTETS = 'application/octet-stream'
const TOLD_LENGTH_MAX = 100

function takeZpl(bytes: Buffer): TakenDocument {
  const filtered = filterZpl(bytes)
  if ('refusal' in filtered)
    throw unsupported(`the document is no ZPL that can be printed: ${filtered.refusal}`)
  const warnings = filtered.removed.map((command) => `zpl-command-removed: ${command}`)
  return { document: describeRaw(bytes, ZPL_TYPE), warnings }
}

/** A PDF that is declared as a printer's language would come out as its source text. */
async function assertNoPages(
  documents: Pick<DocumentsService, 'inspect'>,
  bytes: Buffer,
  dpi: number,
): Promise<void> {
  const reason = await documents.inspect(bytes, { field: 'data', dpi }).then(
    () => null,
    (error: unknown) => {
      if (error instanceof InvalidError) return error.details.reason
      throw error
    },
  )
  if (reason !== 'wrong_type') throw unsupported('the document is not of the type that is declared')
}

function assertSame(declaredType: string | null, detectedType: string): void {
  if (declaredType === null || declaredType === detectedType) return
  const declared = declaredType.slice(0, TOLD_LENGTH_MAX) || 'no type'
  throw unsupported(`the document is ${detectedType}, and ${declared} is declared`)
}

function unsupported(message: string): InvalidError {
  return refusal('unsupported_document', new Error(message))
}

/** The inspection's messages begin with the field. */
function refusal(reason: DocumentRefusal, cause: Error): InvalidError {
  const message = `data: ${cause.message.replace(/^data:?\s+/, '')}`
  return new InvalidError('data', reason, message, { errors: [message] })
}
