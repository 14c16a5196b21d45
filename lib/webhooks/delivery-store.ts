import { type Db, prepared, preparedOne, query, queryOne } from '../db/database.ts'
import { type ListPage, type ListQuery, mapListPage, queryListPage } from '../db/list-page.ts'
import type {
  Delivery,
  DeliveryAttempt,
  DeliveryFilter,
  DeliveryOutcome,
  DeliveryStatus,
} from './delivery.ts'
import type { EventType, RecordedEvent } from './event.ts'
import { EVENT_COLUMNS, type EventRow, toRecordedEvent } from './event-store.ts'

/** Enough for five schedules of ten. */
const ATTEMPTS_KEPT = 50
/**
 * However long one resource's queue is, a claim looks no further. The first of a resource is due before those that wait
 * for it, so that it is among the oldest whenever they are.
 */
const CANDIDATES_MAX = 500

interface AttemptJson {
  at: string
  status_code: number | null
  error: string | null
  duration_ms: number
}

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

export interface ClaimedDelivery {
  readonly deliveryId: string
  readonly tries: number
  readonly incrementId: number
  readonly event: RecordedEvent
}

/**
 * The delivery of the webhook that has been due longest, unless as many as may be are under way. A first attempt waits
 * for those of the same resource with lower sequences. The caller holds the webhook's row lock.
 */
export async function claimDelivery(
  db: Db,
  claim: {
    readonly webhookId: string
    readonly leaseId: string
    readonly leaseMs: number
    readonly underWayMax: number
  },
): Promise<ClaimedDelivery | undefined> {
  const row = await preparedOne<EventRow & { delivery_id: string; tries: number; increment_id: string }>(
    db,
    `with under_way as (
       select count(*) as count from webhook_deliveries
       where webhook_id = :webhookId and lease_id is not null and lease_expires_at > clock_timestamp()
     ), oldest as materialized (
       select delivery_id, webhook_id, resource_type, resource_id, sequence, attempt_count, next_attempt_at, list_position
       from webhook_deliveries
       where webhook_id = :webhookId and status = 'pending' and next_attempt_at <= (select clock_timestamp())
         and (lease_id is null or lease_expires_at <= clock_timestamp())
       order by next_attempt_at, list_position limit :candidatesMax::integer
     ), due as (
       select oldest.delivery_id from oldest, under_way
       where under_way.count < :underWayMax::integer
         and (oldest.attempt_count > 0 or not exists (
           select from webhook_deliveries as earlier
           where earlier.webhook_id = oldest.webhook_id and earlier.resource_type = oldest.resource_type
             and earlier.resource_id = oldest.resource_id and earlier.sequence < oldest.sequence
             and earlier.status = 'pending' and earlier.attempt_count = 0
         ))
       order by oldest.next_attempt_at, oldest.list_position limit 1
     )
     update webhook_deliveries set lease_id = :leaseId::uuid,
       lease_expires_at = clock_timestamp() + :leaseMs * interval '1 millisecond'
     from due, events
     where webhook_deliveries.delivery_id = due.delivery_id and events.event_id = webhook_deliveries.event_id
     returning webhook_deliveries.delivery_id, webhook_deliveries.tries, webhook_deliveries.increment_id,
       ${EVENT_COLUMNS}`,
    { ...claim, candidatesMax: CANDIDATES_MAX },
  )
  if (!row) return undefined
  return {
    deliveryId: row.delivery_id,
    tries: row.tries,
    incrementId: Number(row.increment_id),
    event: toRecordedEvent(row),
  }
}

/** Logs the attempt. The rest is heeded while the lease is held: somebody may have asked for the delivery anew since. */
export async function updateDeliveryAttempted(
  db: Db,
  claim: { readonly deliveryId: string; readonly leaseId: string },
  { attempt, status, nextAttemptAt }: DeliveryOutcome,
): Promise<void> {
  await prepared(
    db,
    `update webhook_deliveries set attempt_count = attempt_count + 1, updated_at = now(),
       attempts = case when jsonb_array_length(attempts) >= :kept::integer then attempts - 0 else attempts end
         || :attempt::jsonb,
       status = case when lease_id = :leaseId::uuid then :status else status end,
       tries = case when lease_id = :leaseId::uuid then tries + 1 else tries end,
       next_attempt_at = case when lease_id = :leaseId::uuid then :nextAttemptAt::timestamptz else next_attempt_at end,
       lease_expires_at = case when lease_id = :leaseId::uuid then null else lease_expires_at end,
       lease_id = nullif(lease_id, :leaseId::uuid)
     where delivery_id = :deliveryId`,
    {
      ...claim,
      status,
      nextAttemptAt,
      kept: ATTEMPTS_KEPT,
      attempt: JSON.stringify([toAttemptJson(attempt)]),
    },
  )
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

function toAttemptJson(attempt: DeliveryAttempt): AttemptJson {
  return {
    at: attempt.at.toISOString(),
    status_code: attempt.statusCode,
    error: attempt.error,
    duration_ms: attempt.durationMs,
  }
}
