import { type Db, queryOne } from '../db/database.ts'

/** Of webhooks that may be sent to: neither disabled nor held. */
export interface DeliveryFigures {
  /** Deliveries whose time has come, those under way among them; of each webhook no more than 10,000 are counted. */
  readonly due: number
  /** Since the time of the one that has been due longest; 0 without one. */
  readonly oldestDueSeconds: number
}

const DUE_COUNTED_MAX = 10_000

/** Reads the index by which they are claimed: what is delivered, or waits for its retry, costs nothing. */
export async function readDeliveryFigures(db: Db): Promise<DeliveryFigures> {
  const row = await queryOne<{ due: number; oldest_due_seconds: number | null }>(
    db,
    `select count(*)::integer as due,
            extract(epoch from clock_timestamp() - min(due.next_attempt_at))::float8 as oldest_due_seconds
     from webhooks cross join lateral (
       select next_attempt_at from webhook_deliveries
       where webhook_deliveries.webhook_id = webhooks.webhook_id and webhook_deliveries.status = 'pending'
         and webhook_deliveries.next_attempt_at <= (select clock_timestamp())
       order by webhook_deliveries.next_attempt_at limit :max::integer
     ) as due
     where webhooks.status = 'enabled' and webhooks.held_at is null and webhooks.deleted_at is null`,
    { max: DUE_COUNTED_MAX },
  )
  return { due: row?.due ?? 0, oldestDueSeconds: Math.max(0, row?.oldest_due_seconds ?? 0) }
}
