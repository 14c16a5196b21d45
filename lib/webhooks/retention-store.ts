import { type Db, query } from '../db/database.ts'

export interface OldRows {
  readonly olderThanMs: number
  readonly limit: number
}

/** Published ones, with their deliveries. Answers how many. */
export async function deleteOldEvents(db: Db, { olderThanMs, limit }: OldRows): Promise<number> {
  const rows = await query(
    db,
    `delete from events where event_id in (
       select event_id from events
       where created_at < now() - :olderThanMs * interval '1 millisecond' and stream_position is not null
       order by created_at limit :limit::integer
     ) returning 1`,
    { olderThanMs, limit },
  )
  return rows.length
}

/** Of webhooks that were deleted. Answers how many. */
export async function deleteOrphanedDeliveries(db: Db, limit: number): Promise<number> {
  const rows = await query(
    db,
    `delete from webhook_deliveries where delivery_id in (
       select delivery_id from webhook_deliveries
       where webhook_id in (select webhook_id from webhooks where deleted_at is not null)
       limit :limit::integer
     ) returning 1`,
    { limit },
  )
  return rows.length
}

/** Deleted ones without deliveries. */
export async function deleteGoneWebhooks(db: Db, limit: number): Promise<void> {
  await query(
    db,
    `delete from webhooks where webhook_id in (
       select webhook_id from webhooks
       where deleted_at is not null and not exists (
         select from webhook_deliveries where webhook_deliveries.webhook_id = webhooks.webhook_id
       )
       limit :limit::integer
     )`,
    { limit },
  )
}
