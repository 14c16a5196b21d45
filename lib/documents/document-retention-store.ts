import { type Db, query } from '../db/database.ts'

export interface OldDocument {
  readonly documentId: string
  readonly createdAt: Date
}

/** Locks documents that have their bytes, are that old and come after `after`, the oldest first: those that nobody is storing at this moment. */
export async function lockOldDocuments(
  db: Db,
  { olderThanDays, after, limit }: { olderThanDays: number; after: OldDocument | undefined; limit: number },
): Promise<readonly OldDocument[]> {
  const rows = await query<{ document_id: string; created_at: Date }>(
    db,
    `select document_id, created_at from documents
     where removed_at is null and created_at < (select clock_timestamp() - :olderThanDays * interval '1 day')
       and (created_at, document_id) > (coalesce(:afterAt::timestamptz, '-infinity'), coalesce(:afterId::text, ''))
     order by created_at, document_id limit :limit::integer for update skip locked`,
    { olderThanDays, afterAt: after?.createdAt ?? null, afterId: after?.documentId ?? null, limit },
  )
  return rows.map((row) => ({ documentId: row.document_id, createdAt: row.created_at }))
}

/**
 * Removes the bytes of those among `documentIds` that nothing needs any more: no job or copy waits for them, none changed in that time,
 * and each order whose instructions have them is canceled or packed for that long. Answers how many.
 */
export async function removeUnneeded(
  db: Db,
  { documentIds, olderThanDays }: { documentIds: readonly string[]; olderThanDays: number },
): Promise<number> {
  const rows = await query(
    db,
    `with unneeded as (
       select documents.document_id from documents
       where documents.document_id = any(:documentIds::text[])
         -- What waits is few; one document may have been printed a million times.
         and documents.document_id not in (
           select print_jobs.document_id from print_jobs where print_jobs.status in ('queued', 'processing'))
         and documents.document_id not in (select thermal_copies.document_id from thermal_copies)
         and not exists (
           select from print_jobs where print_jobs.document_id = documents.document_id
             and print_jobs.updated_at >= (select clock_timestamp() - :olderThanDays * interval '1 day'))
         and not exists (
           select from instruction_revisions
           join instructions on instructions.instruction_id = instruction_revisions.instruction_id
           join orders on orders.order_id = instructions.order_id
           where instruction_revisions.document_id = documents.document_id and instructions.deleted_at is null
             and not coalesce(orders.canceled_at < clock_timestamp() - :olderThanDays * interval '1 day', false)
             and not coalesce((
               select bool_and(packages.status = 'packed'
                 and packages.packed_at < clock_timestamp() - :olderThanDays * interval '1 day')
               from packages join shipments on shipments.shipment_id = packages.shipment_id
               where shipments.order_id = orders.order_id), false))
     ), removed as (
       delete from document_contents using unneeded
       where document_contents.document_id = unneeded.document_id
     )
     update documents set removed_at = clock_timestamp() from unneeded
     where documents.document_id = unneeded.document_id returning 1`,
    { documentIds, olderThanDays },
  )
  return rows.length
}
