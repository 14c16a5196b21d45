import { type Db, query, queryOne } from '../db/database.ts'
import { type ListPage, type ListQuery, mapListPage, queryListPage } from '../db/list-page.ts'
import type { Delivery, DeliveryAttempt, DeliveryFilter, DeliveryStatus } from './delivery.ts'
import type { AttemptJson } from './delivery-claim-store.ts'
import type { EventType } from './event.ts'

interface DeliveryRow {
  delivery_id: string
  event_id: string
  type: EventType
  status: DeliveryStatus
  attempts: AttemptJson[]
  next_attempt_at: Date | null
  created_at: Date
  updated_at: Date
}

const SELECT_DELIVERIES = `
  select webhook_deliveries.delivery_id, webhook_deliveries.event_id, events.type, webhook_deliveries.status,
    webhook_deliveries.attempts, webhook_deliveries.next_attempt_at, webhook_deliveries.created_at,
    webhook_deliveries.updated_at, webhook_deliveries.list_position
  from webhook_deliveries join events on events.event_id = webhook_deliveries.event_id`

export async function listDeliveries(
  db: Db,
  { webhookId, filter }: { readonly webhookId: string; readonly filter: DeliveryFilter },
  list: ListQuery,
): Promise<ListPage<Delivery>> {
  const sql = `${SELECT_DELIVERIES} where webhook_deliveries.webhook_id = :webhookId
    and (:status::text is null or webhook_deliveries.status = :status::text)
    and (:type::text is null or events.type = :type::text)
    and (:eventId::text is null or webhook_deliveries.event_id = :eventId::text)`
  const bindings = {
    webhookId,
    status: filter.status ?? null,
    type: filter.type ?? null,
    eventId: filter.eventId ?? null,
  }
  return mapListPage(await queryListPage<DeliveryRow>(db, { sql, bindings }, list), toDelivery)
}

/** Due now, if it wasn't already, by a schedule of its own. What is under way for it counts for the log alone. Undefined: no such delivery. */
export async function updateDeliveryAgain(
  db: Db,
  { webhookId, deliveryId }: { readonly webhookId: string; readonly deliveryId: string },
): Promise<Delivery | undefined> {
  const row = await queryOne<DeliveryRow>(
    db,
    `update webhook_deliveries set status = 'pending', tries = 0, lease_id = null, lease_expires_at = null,
       next_attempt_at = case when attempt_count = 0 then next_attempt_at else now() end, updated_at = now()
     from events
     where events.event_id = webhook_deliveries.event_id
       and webhook_deliveries.delivery_id = :deliveryId and webhook_deliveries.webhook_id = :webhookId
     returning webhook_deliveries.delivery_id, webhook_deliveries.event_id, events.type, webhook_deliveries.status,
       webhook_deliveries.attempts, webhook_deliveries.next_attempt_at, webhook_deliveries.created_at,
       webhook_deliveries.updated_at`,
    { webhookId, deliveryId },
  )
  return row && toDelivery(row)
}

/** Webhooks with something that has been due for a while and that nobody is sending. */
export async function listOverdueWebhooks(
  db: Db,
  { overdueMs, limit }: { readonly overdueMs: number; readonly limit: number },
): Promise<number[]> {
  const rows = await query<{ webhook_number: string }>(
    db,
    `select webhooks.webhook_number from webhooks
     where webhooks.status = 'enabled' and webhooks.held_at is null and webhooks.deleted_at is null and exists (
       select from webhook_deliveries
       where webhook_deliveries.webhook_id = webhooks.webhook_id and webhook_deliveries.status = 'pending'
         and webhook_deliveries.next_attempt_at < now() - :overdueMs * interval '1 millisecond'
         and (webhook_deliveries.lease_id is null or webhook_deliveries.lease_expires_at <= now())
     )
     limit :limit::integer`,
    { overdueMs, limit },
  )
  return rows.map((row) => Number(row.webhook_number))
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    deliveryId: row.delivery_id,
    eventId: row.event_id,
    type: row.type,
    status: row.status,
    attempts: row.attempts.map(toAttempt),
    nextAttemptAt: row.next_attempt_at,
    createdAt: row.created_at,
  }
}

function toAttempt(attempt: AttemptJson): DeliveryAttempt {
  return {
    at: new Date(attempt.at),
    statusCode: attempt.status_code,
    error: attempt.error,
    durationMs: attempt.duration_ms,
  }
}
