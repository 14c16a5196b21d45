import { type Step, step } from '../db/one-go.ts'
import type { DeliveryAttempt, DeliveryOutcome } from './delivery.ts'
import type { RecordedEvent } from './event.ts'
import { EVENT_COLUMNS, type EventRow, toRecordedEvent } from './event-store.ts'

/** Enough for five schedules of ten. */
const ATTEMPTS_KEPT = 50

/** An attempt as the table keeps it. */
export interface AttemptJson {
  at: string
  status_code: number | null
  error: string | null
  duration_ms: number
}

export interface ClaimedDelivery {
  readonly deliveryId: string
  readonly tries: number
  readonly incrementId: number
  readonly event: RecordedEvent
}

type ClaimedRow = EventRow & { delivery_id: string; tries: number; increment_id: string }

/**
 * However long one resource's queue is, a claim looks no further than 500. The first of a resource is due before those that
 * wait for it, so that it is among the oldest whenever they are. They are looked at one after the other, in the order of
 * the index, and no more of them than it takes. Whether the webhook may get anything is looked at here, after the lock.
 */
const CLAIM = `
  with webhook as materialized (
    select webhook_id from webhooks
    where webhook_number = :webhookNumber::bigint and status = 'enabled' and held_at is null and deleted_at is null
  ), under_way as (
    select count(*) as count from webhook_deliveries
    where webhook_id = (select webhook_id from webhook) and lease_id is not null
      and lease_expires_at > (select clock_timestamp())
  ), due as (
    select oldest.delivery_id
    from (
      select delivery_id, webhook_id, resource_type, resource_id, sequence, attempt_count, next_attempt_at, list_position
      from webhook_deliveries
      where webhook_id = (select webhook_id from webhook) and status = 'pending'
        and next_attempt_at <= (select clock_timestamp())
        and (lease_id is null or lease_expires_at <= (select clock_timestamp()))
      order by next_attempt_at, list_position limit 500
    ) as oldest
    where oldest.attempt_count > 0 or not exists (
      select from webhook_deliveries as earlier
      where earlier.webhook_id = oldest.webhook_id and earlier.resource_type = oldest.resource_type
        and earlier.resource_id = oldest.resource_id and earlier.sequence < oldest.sequence
        and earlier.status = 'pending' and earlier.attempt_count = 0
    )
    order by oldest.next_attempt_at, oldest.list_position
    limit greatest(0, least(:claimsMax::bigint, :underWayMax::bigint - (select count from under_way)))
  ), claimed as (
    update webhook_deliveries set lease_id = :leaseId::uuid,
      lease_expires_at = clock_timestamp() + :leaseMs * interval '1 millisecond'
    where delivery_id = any (array (select delivery_id from due))
    returning delivery_id, event_id, tries, increment_id, next_attempt_at, list_position
  )
  select claimed.delivery_id, claimed.tries, claimed.increment_id, ${EVENT_COLUMNS}
  from claimed join events on events.event_id = claimed.event_id
  order by claimed.next_attempt_at, claimed.list_position`

/**
 * The deliveries of the webhook that have been due longest; none while it is held, disabled or deleted, or as many as may be
 * are under way. A first attempt waits for those of the same resource with lower sequences, also for one that is claimed
 * here. It must come after a step that has locked the webhook's row.
 */
export function claimDeliveries(claim: {
  readonly webhookNumber: number
  readonly claimsMax: number
  /** Over all processes. */
  readonly underWayMax: number
  readonly leaseId: string
  readonly leaseMs: number
}): Step<ClaimedDelivery[]> {
  return step(CLAIM, claim, (rows: ClaimedRow[]) =>
    rows.map((row) => ({
      deliveryId: row.delivery_id,
      tries: row.tries,
      incrementId: Number(row.increment_id),
      event: toRecordedEvent(row),
    })),
  )
}

const ATTEMPTED = `
  update webhook_deliveries set attempt_count = attempt_count + 1, updated_at = now(),
    attempts = case when jsonb_array_length(attempts) >= :kept::integer then attempts - 0 else attempts end
      || :attempt::jsonb,
    status = case when lease_id = :leaseId::uuid then :status else status end,
    tries = case when lease_id = :leaseId::uuid then tries + 1 else tries end,
    next_attempt_at = case when lease_id = :leaseId::uuid then :nextAttemptAt::timestamptz else next_attempt_at end,
    lease_expires_at = case when lease_id = :leaseId::uuid then null else lease_expires_at end,
    lease_id = nullif(lease_id, :leaseId::uuid)
  where delivery_id = :deliveryId`

/** Logs the attempt. The rest is heeded while the lease is held: somebody may have asked for the delivery anew since. */
export function updateAttempted(
  claim: { readonly deliveryId: string; readonly leaseId: string },
  { attempt, status, nextAttemptAt }: DeliveryOutcome,
): Step<void> {
  const { deliveryId, leaseId } = claim
  const attempted = JSON.stringify([toAttemptJson(attempt)])
  const bindings = { deliveryId, leaseId, status, nextAttemptAt, kept: ATTEMPTS_KEPT, attempt: attempted }
  return step(ATTEMPTED, bindings, () => undefined)
}

function toAttemptJson(attempt: DeliveryAttempt): AttemptJson {
  return {
    at: attempt.at.toISOString(),
    status_code: attempt.statusCode,
    error: attempt.error,
    duration_ms: attempt.durationMs,
  }
}
