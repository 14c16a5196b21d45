import { type Db, prepared, preparedOne, query, queryOne } from '../db/database.ts'
import type { StoredDocument } from '../documents/document.ts'
import type { PrintTarget } from '../printers/print-target.ts'
import type { Instruction, Presentation } from './instruction.ts'

interface InstructionRow {
  instruction_id: string
  order_id: string
  order_unique_id: string
  revision: number
  note: string
  file_name: string | null
  presentation: Presentation
  print_target: PrintTarget | null
  is_print_target_inferred: boolean
  document_id: string | null
  is_file_removed: boolean
  media_type: string
  size_bytes: number
  page_count: number
  first_page_width_pt: number
  first_page_height_pt: number
  is_encrypted: boolean
}

export interface NewInstruction {
  readonly orderId: number
  readonly note: string
  readonly fileName: string | null
  readonly documentId: string | null
  readonly presentation: Presentation
  readonly printTarget: PrintTarget | null
  readonly isPrintTargetInferred: boolean
  readonly externalId: string | null
  readonly externalFingerprint: Buffer | null
  readonly createdBy: string
}

/** What an order's instructions, deleted ones aside, take of its quota. */
export interface InstructionUsage {
  readonly instructionCount: number
  readonly fileBytes: number
}

const SELECT = `
  select i.instruction_id, i.order_id, o.unique_id as order_unique_id, i.revision, r.note, i.file_name, i.presentation,
    i.print_target, i.is_print_target_inferred, d.document_id, d.removed_at is not null as is_file_removed,
    d.media_type, d.size_bytes, d.page_count,
    d.first_page_width_pt, d.first_page_height_pt, d.is_encrypted, i.external_fingerprint
  from instructions i
  join orders o on o.order_id = i.order_id
  join instruction_revisions r on r.instruction_id = i.instruction_id and r.revision = i.revision
  left join documents d on d.document_id = r.document_id`

/** Not deleted ones alone; with a `merchantId`, that merchant's alone. */
export async function findInstruction(
  db: Db,
  instructionId: number,
  merchantId: string | null,
): Promise<Instruction | undefined> {
  const row = await preparedOne<InstructionRow>(
    db,
    `${SELECT}
     where i.instruction_id = :instructionId and i.deleted_at is null
       and (:merchantId::text is null or o.merchant_id = :merchantId)`,
    { instructionId, merchantId },
  )
  return row && toInstruction(row)
}

export async function findInstructionByExternalId(
  db: Db,
  orderId: number,
  externalId: string,
): Promise<{ readonly instruction: Instruction; readonly fingerprint: Buffer } | undefined> {
  const row = await queryOne<InstructionRow & { external_fingerprint: Buffer }>(
    db,
    `${SELECT} where i.order_id = :orderId and i.external_id = :externalId and i.deleted_at is null`,
    { orderId, externalId },
  )
  return row && { instruction: toInstruction(row), fingerprint: row.external_fingerprint }
}

/** By rising id. An order has no more than `limit`. */
export async function listInstructions(db: Db, orderId: number, limit: number): Promise<Instruction[]> {
  const rows = await prepared<InstructionRow>(
    db,
    `${SELECT} where i.order_id = :orderId and i.deleted_at is null order by i.instruction_id limit :limit`,
    { orderId, limit },
  )
  return rows.map(toInstruction)
}

/** The same, of the order of that package. */
export async function listInstructionsBeside(
  db: Db,
  packageId: string,
  limit: number,
): Promise<Instruction[]> {
  const rows = await prepared<InstructionRow>(
    db,
    `${SELECT}
     where i.order_id = (
         select shipments.order_id from packages join shipments using (shipment_id)
         where packages.package_id = :packageId)
       and i.deleted_at is null
     order by i.instruction_id limit :limit`,
    { packageId, limit },
  )
  return rows.map(toInstruction)
}

/** Of all instructions of the order but `exceptId`. */
export async function findInstructionUsage(
  db: Db,
  orderId: number,
  exceptId: number | null = null,
): Promise<InstructionUsage> {
  const row = await preparedOne<{ instruction_count: string; file_bytes: string }>(
    db,
    `select count(*) as instruction_count, coalesce(sum(d.size_bytes), 0) as file_bytes
     from instructions i
     join instruction_revisions r on r.instruction_id = i.instruction_id and r.revision = i.revision
     left join documents d on d.document_id = r.document_id
     where i.order_id = :orderId and i.deleted_at is null and i.instruction_id is distinct from :exceptId::bigint`,
    { orderId, exceptId },
  )
  return { instructionCount: Number(row?.instruction_count), fileBytes: Number(row?.file_bytes) }
}

/** At revision 1. Answers its id. */
export async function insertInstruction(db: Db, instruction: NewInstruction): Promise<number> {
  const row = await preparedOne<{ instruction_id: string }>(
    db,
    `with inserted as (
       insert into instructions
         (order_id, file_name, presentation, print_target, is_print_target_inferred, external_id, external_fingerprint,
          created_by)
       values
         (:orderId, :fileName, :presentation, :printTarget, :isPrintTargetInferred, :externalId, :externalFingerprint,
          :createdBy)
       returning instruction_id, revision
     )
     insert into instruction_revisions (instruction_id, revision, note, document_id, created_by)
     select instruction_id, revision, :note, :documentId, :createdBy from inserted
     returning instruction_id`,
    { ...instruction },
  )
  return Number(row?.instruction_id)
}

/** What changes in place, and which revision is the newest. */
export async function updateInstruction(db: Db, instruction: Instruction): Promise<void> {
  const { instructionId, revision, fileName, presentation, printTarget, isPrintTargetInferred } = instruction
  await query(
    db,
    `update instructions set revision = :revision, file_name = :fileName, presentation = :presentation,
       print_target = :printTarget, is_print_target_inferred = :isPrintTargetInferred, updated_at = clock_timestamp()
     where instruction_id = :instructionId`,
    { instructionId, revision, fileName, presentation, printTarget, isPrintTargetInferred },
  )
}

export async function insertRevision(db: Db, instruction: Instruction, createdBy: string): Promise<void> {
  const { instructionId, revision, note, document } = instruction
  await prepared(
    db,
    `insert into instruction_revisions (instruction_id, revision, note, document_id, created_by)
     values (:instructionId, :revision, :note, :documentId, :createdBy)`,
    { instructionId, revision, note, documentId: document?.documentId ?? null, createdBy },
  )
}

/** Softly: confirmations and jobs keep what they refer to. */
export async function deleteInstruction(db: Db, instructionId: number): Promise<void> {
  await query(
    db,
    `update instructions set deleted_at = clock_timestamp(), updated_at = clock_timestamp()
     where instruction_id = :instructionId`,
    { instructionId },
  )
}

function toInstruction(row: InstructionRow): Instruction {
  return {
    instructionId: Number(row.instruction_id),
    orderId: Number(row.order_id),
    orderUniqueId: row.order_unique_id,
    revision: row.revision,
    note: row.note,
    fileName: row.file_name,
    document: toDocument(row),
    isFileRemoved: row.is_file_removed,
    presentation: row.presentation,
    printTarget: row.print_target,
    isPrintTargetInferred: row.is_print_target_inferred,
  }
}

function toDocument(row: InstructionRow): StoredDocument | null {
  if (row.document_id === null) return null
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
