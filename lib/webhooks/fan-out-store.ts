import { type Db, prepared, preparedOne } from '../db/database.ts'
import type { EventType } from './event.ts'
import { PATTERNS_OF_EVENT } from './event-store.ts'

/**
 * The right to publish, for one process at a time; undefined while another has it. Why not a cursor over `position`,
 * or over `xid8` up to pg_snapshot_xmin: writers take positions in one order and commit in another, so a cursor skips
 * whoever commits late; and the order of transaction ids is not that of `sequence`, since a transaction may write
 * something, then wait for the resource's lock behind a transaction with a higher id. It would also wait for the
 * oldest transaction of the whole server. Events that aren't published yet are marked as such instead, and get a
 * number from whoever holds this lock: numbers become visible in their own order, and none is skipped.
 */
export async function lockPublication(db: Db): Promise<number | undefined> {
  const row = await preparedOne<{ last_stream_position: string }>(
    db,
    'select last_stream_position from event_publication for update skip locked',
  )
  return row && Number(row.last_stream_position)
}

export interface PublishedEvent {
  readonly eventId: string
  readonly type: EventType
  /** Of a print job's printer. */
  readonly pool: string | null
  /** From the making of a job to this event of it. */
  readonly sinceJobMs: number | null
}

/** Numbers the oldest unpublished events after `last`. Of one resource, a visible event's predecessors are visible too. */
export async function publishEvents(db: Db, last: number, limit: number): Promise<PublishedEvent[]> {
  const rows = await prepared<{
    event_id: string
    type: EventType
    pool: string | null
    since_job_ms: number | null
  }>(
    db,
    `with oldest as (
       select event_id, position from events where stream_position is null order by position limit :limit::integer
     ), numbered as (
       select event_id, :last::bigint + row_number() over (order by position) as stream_position from oldest
     ), published as (
       update events set stream_position = numbered.stream_position from numbered
       where events.event_id = numbered.event_id
       returning events.event_id, events.stream_position, events.type, events.resource_type, events.resource_id,
         events.created_at
     ), counted as (
       update event_publication set last_stream_position = :last::bigint + (select count(*) from numbered)
       where exists (select from numbered)
     )
     select published.event_id, published.type, printers.pool,
       extract(epoch from published.created_at - print_jobs.created_at)::float8 * 1000 as since_job_ms
     from published
     left join print_jobs on published.resource_type = 'print_job' and print_jobs.job_id = published.resource_id
     left join printers on printers.printer_id = print_jobs.printer_id
     order by published.stream_position`,
    { last, limit },
  )
  return rows.map((row) => ({
    eventId: row.event_id,
    type: row.type,
    pool: row.pool,
    sinceJobMs: row.since_job_ms,
  }))
}

/** A webhook that wants an event. */
export interface Match {
  readonly eventId: string
  readonly webhookId: string
}

/** In the order of publication. */
export async function listMatches(db: Db, eventIds: readonly string[]): Promise<Match[]> {
  const rows = await prepared<{ event_id: string; webhook_id: string }>(
    db,
    `select events.event_id, webhooks.webhook_id
     from events join webhooks on webhooks.patterns && ${PATTERNS_OF_EVENT}
     where events.event_id = any (:eventIds::text[])
       and webhooks.status = 'enabled' and webhooks.deleted_at is null
       and (webhooks.limit_to_location is null or webhooks.limit_to_location = events.location_id)
       and (webhooks.merchant_id is null or webhooks.merchant_id = events.merchant_id)
     order by events.stream_position, webhooks.webhook_number`,
    { eventIds },
  )
  return rows.map((row) => ({ eventId: row.event_id, webhookId: row.webhook_id }))
}

export interface DeliveryInsert extends Match {
  readonly deliveryId: string
}

/** One per event and webhook, whatever happens; each webhook counts its own. Answers the numbers of the webhooks. */
export async function insertDeliveries(db: Db, deliveries: readonly DeliveryInsert[]): Promise<number[]> {
  const rows = await prepared<{ webhook_number: string }>(
    db,
    `with wanted as (
       select * from unnest(:deliveryIds::text[], :eventIds::text[], :webhookIds::text[])
         with ordinality as given (delivery_id, event_id, webhook_id, rank)
     ), counted as (
       update webhooks set last_increment_id = webhooks.last_increment_id + counts.count
       from (select webhook_id, count(*) as count from wanted group by webhook_id) as counts
       where webhooks.webhook_id = counts.webhook_id
       returning webhooks.webhook_id, webhooks.webhook_number, webhooks.last_increment_id - counts.count as before
     ), inserted as (
       insert into webhook_deliveries
         (delivery_id, webhook_id, event_id, increment_id, resource_type, resource_id, sequence)
       select wanted.delivery_id, wanted.webhook_id, events.event_id,
         counted.before + row_number() over (partition by wanted.webhook_id order by wanted.rank),
         events.resource_type, events.resource_id, events.sequence
       from wanted join counted on counted.webhook_id = wanted.webhook_id
         join events on events.event_id = wanted.event_id
       order by wanted.rank
       on conflict on constraint webhook_deliveries_event_id_key do nothing
     )
     select webhook_number from counted`,
    {
      deliveryIds: deliveries.map(({ deliveryId }) => deliveryId),
      eventIds: deliveries.map(({ eventId }) => eventId),
      webhookIds: deliveries.map(({ webhookId }) => webhookId),
    },
  )
  return rows.map((row) => Number(row.webhook_number))
}

/** Tells every process that there is something new to stream. */
export async function notifyStreams(db: Db): Promise<void> {
  await prepared(db, `select pg_notify('packhouse_stream', '')`)
}
