import { type Db, preparedOne, query, queryOne } from '../db/database.ts'
import type { InspectedDocument, StoredDocument } from './document.ts'

interface DocumentRow {
  document_id: string
  media_type: string
  size_bytes: number
  page_count: number
  first_page_width_pt: number
  first_page_height_pt: number
  is_encrypted: boolean
}

const COLUMNS = `document_id, media_type, size_bytes, page_count, first_page_width_pt, first_page_height_pt, is_encrypted`

/** The document's id: a new one, or that of the same bytes. `documentId` is used if they are new. */
export async function insertDocument(
  db: Db,
  documentId: string,
  document: InspectedDocument,
): Promise<string> {
  const { bytes, ...described } = document
  const known = await findStored(db, described.sha256)
  if (known?.has_content) return known.document_id
  const inserted = await queryOne<{ document_id: string }>(
    db,
    `insert into documents (${COLUMNS}, sha256)
     values (:documentId, :mediaType, :sizeBytes, :pageCount, :firstPageWidthPt, :firstPageHeightPt, :isEncrypted, :sha256)
     on conflict on constraint documents_sha256_key do nothing
     returning document_id`,
    { ...described, documentId },
  )
  const id = inserted?.document_id ?? (await findStored(db, described.sha256))?.document_id
  if (id === undefined) throw new Error('a document that conflicts is not there')
  await query(
    db,
    `insert into document_contents (document_id, content) values (:id, :bytes) on conflict do nothing`,
    { id, bytes },
  )
  await query(
    db,
    `update documents set removed_at = null where document_id = :id and removed_at is not null`,
    { id },
  )
  return id
}

/** Locked until the caller's transaction ends, so that the retention doesn't remove what is about to be used. */
function findStored(
  db: Db,
  sha256: Buffer,
): Promise<{ readonly document_id: string; readonly has_content: boolean } | undefined> {
  return queryOne(
    db,
    `select document_id, removed_at is null as has_content
     from documents where sha256 = :sha256 for share`,
    { sha256 },
  )
}

/** Undefined too when the bytes were removed after their retention. */
export async function findDocument(db: Db, documentId: string): Promise<StoredDocument | undefined> {
  const row = await preparedOne<DocumentRow>(
    db,
    `select ${COLUMNS} from documents where document_id = :documentId and removed_at is null`,
    { documentId },
  )
  return row && toDocument(row)
}

/** The same with its bytes. */
export async function findDocumentContent(
  db: Db,
  documentId: string,
): Promise<{ readonly document: StoredDocument; readonly bytes: Buffer } | undefined> {
  const row = await preparedOne<DocumentRow & { content: Buffer }>(
    db,
    `select ${COLUMNS}, content from documents join document_contents using (document_id)
     where document_id = :documentId`,
    { documentId },
  )
  return row && { document: toDocument(row), bytes: row.content }
}

/** A multiple of three, so that the parts' base64 is that of the whole. */
const BASE64_BYTES = 786_432

/**
 * The bytes in base64, without line breaks. PostgreSQL encodes: bytea would come as hexadecimal text of twice the size, to
 * be decoded and encoded again in the server's own thread. In parts, since taking 35 MB at once stops that thread for a tenth
 * of a second.
 */
export async function findDocumentBase64(db: Db, documentId: string): Promise<readonly string[] | undefined> {
  const parts: string[] = []
  for (let start = 1; ; start += BASE64_BYTES) {
    const row = await queryOne<{ part: string; length: number }>(
      db,
      `select translate(encode(part, 'base64'), E'\\n', '') as part, octet_length(part) as length
       from document_contents, substring(content from :start::integer for :bytes::integer) as part
       where document_id = :documentId`,
      { documentId, start, bytes: BASE64_BYTES },
    )
    if (!row) return undefined
    parts.push(row.part)
    if (row.length < BASE64_BYTES) return parts
  }
}

function toDocument(row: DocumentRow): StoredDocument {
  return {
    documentId: row.document_id,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    pageCount: row.page_count,
    firstPageWidthPt: row.first_page_width_pt,
    firstPageHeightPt: row.first_page_height_pt,
    isEncrypted: row.is_encrypted,
  }
}
