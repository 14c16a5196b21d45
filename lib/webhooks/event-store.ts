import { type Db, prepared, queryOne } from '../db/database.ts'
import { currentTraceparent } from '../trace-context.ts'
import type { EventType, NewEvent, RecordedEvent } from './event.ts'

export interface EventRow {
  event_id: string
  type: EventType
  sequence: number
  location_id: string | null
  data: Record<string, unknown>
  created_at: Date
  traceparent: string | null
}

/**
 * An instruction is told with all of its confirmations. The event of one is written without: it comes with each click, under the
 * order's lock, and an instruction once per package has thousands. Under that lock their ids rise, so those up to its own
 * are what there was then.
 */
const EVENT_DATA = `case when events.type = 'order_instruction.confirmed' and events.data -> 'confirmations' is null
    then events.data || jsonb_build_object('confirmations', (
      select jsonb_agg(jsonb_build_object('confirmedId', confirmations.confirmation_id::text,
          'confirmedAt', confirmations.confirmed_at) order by confirmations.confirmation_id)
      from confirmations
      where confirmations.instruction_id = events.resource_id::bigint
        and confirmations.confirmation_id <= (events.data #>> '{confirmation,confirmedId}')::bigint))
    else events.data end`

export const EVENT_COLUMNS = `events.event_id, events.type, events.sequence, events.location_id, ${EVENT_DATA} as data,
  events.created_at, events.traceparent`

/** By the function of the database that statements of other nouns call too: migration 0025. */
export async function insertEvent(db: Db, eventId: string, event: NewEvent): Promise<void> {
  await prepared(
    db,
    `select record_event(:eventId::text, :type::text, :resourceType::text, :resourceId::text, :locationId::text,
       :merchantId::text, :data::jsonb, :traceparent::text)`,
    {
      eventId,
      type: event.type,
      resourceType: event.resource.type,
      resourceId: event.resource.id,
      locationId: event.locationId,
      merchantId: event.merchantId,
      data: JSON.stringify(event.data),
      traceparent: event.traceparent ?? currentTraceparent(),
    },
  )
}

/** The families and names that match an event's type: `*`, `cloud_printing.*`, `cloud_printing.job.*`, the type. */
export const PATTERNS_OF_EVENT = `array['*', events.type, split_part(events.type, '.', 1) || '.*',
  regexp_replace(events.type, '[.][^.]+$', '.*')]`

/**
 * An instruction belongs to its order, whose shipments may leave from several places: its events are told at each of them, where
 * packers see it on their packages.
 */
const IS_OF_LOCATION = `(events.location_id = :locationId::text
  or (events.location_id is null and events.resource_type = 'instruction' and exists (
    select from instructions join shipments using (order_id)
    where instructions.instruction_id = events.resource_id::bigint and shipments.location_id = :locationId::text)))`

export interface StreamQuery {
  /** Published after that position. */
  readonly after: number
  /** Up to that one. */
  readonly upTo: number
  readonly patterns: readonly string[]
  /** Null: of any place, and of none. */
  readonly locationId: string | null
  readonly limit: number
}

export interface StreamedEvent {
  readonly position: number
  readonly event: RecordedEvent
}

/** In the order in which they were published, which is that of `sequence` for each resource. */
export async function listPublishedEvents(db: Db, stream: StreamQuery): Promise<StreamedEvent[]> {
  const rows = await prepared<EventRow & { stream_position: string }>(
    db,
    `select ${EVENT_COLUMNS}, events.stream_position
     from events
     where events.stream_position > :after::bigint and events.stream_position <= :upTo::bigint
       and ${PATTERNS_OF_EVENT} && :patterns::text[]
       and (:locationId::text is null or ${IS_OF_LOCATION})
     order by events.stream_position limit :limit::integer`,
    { ...stream },
  )
  return rows.map((row) => ({ position: Number(row.stream_position), event: toRecordedEvent(row) }))
}

export async function getLastStreamPosition(db: Db): Promise<number> {
  const row = await queryOne<{ last_stream_position: string }>(
    db,
    'select last_stream_position from event_publication',
  )
  return Number(row?.last_stream_position ?? 0)
}

/** Undefined: there is no such event, or it isn't published yet. */
export async function findStreamPosition(db: Db, eventId: string): Promise<number | undefined> {
  const row = await queryOne<{ stream_position: string | null }>(
    db,
    'select stream_position from events where event_id = :eventId and stream_position is not null',
    { eventId },
  )
  return row && Number(row.stream_position)
}

/** Of the newest event that is older than that; 0 without one. */
export async function getStreamPositionAt(db: Db, time: Date): Promise<number> {
  const row = await queryOne<{ stream_position: string | null }>(
    db,
    `select max(stream_position) as stream_position from (
       select stream_position from events where created_at < :time::timestamptz and stream_position is not null
       order by created_at desc limit 100
     ) as older`,
    { time },
  )
  return Number(row?.stream_position ?? 0)
}

export function toRecordedEvent(row: EventRow): RecordedEvent {
  return {
    eventId: row.event_id,
    type: row.type,
    sequence: row.sequence,
    locationId: row.location_id,
    data: row.data,
    createdAt: row.created_at,
    traceparent: row.traceparent,
  }
}
