import type { Knex } from 'knex'

/**
 * Subscriptions, deliveries, and what publishes events to them. `stream_position` is given to events in an order in
 * which they become visible, by one process at a time (lib/webhooks/fan-out-store.ts); `position`, given by the
 * writers, is not such an order. `event_sequences` keeps the numbers of resources whose old events are gone.
 *
 * Secrets of webhooks are kept as they are: a signature needs the secret itself, a hash would not do.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table event_sequences (
      resource_type text not null,
      resource_id text not null,
      last_sequence integer not null,
      constraint event_sequences_pkey primary key (resource_type, resource_id)
    );
    insert into event_sequences (resource_type, resource_id, last_sequence)
      select resource_type, resource_id, max(sequence) from events group by resource_type, resource_id;

    alter table events add column stream_position bigint;
    update events set stream_position = numbered.stream_position
      from (select event_id, row_number() over (order by position) as stream_position from events) as numbered
      where numbered.event_id = events.event_id;
    create unique index events_stream_position_key on events (stream_position);
    create index events_unpublished_idx on events (position) where stream_position is null;

    create table event_publication (
      is_only boolean not null default true,
      last_stream_position bigint not null,
      constraint event_publication_pkey primary key (is_only),
      constraint event_publication_only_check check (is_only)
    );
    insert into event_publication (last_stream_position)
      select coalesce(max(stream_position), 0) from events;
  `)
  await createWebhooks(knex)
  await createDeliveries(knex)
}

async function createWebhooks(knex: Knex): Promise<void> {
  await knex.raw(`
    create table webhooks (
      webhook_id text not null,
      webhook_number bigint generated always as identity,
      kind text not null,
      url text not null,
      topics text[] not null,
      patterns text[] not null,
      headers json not null,
      secret text not null,
      previous_secret text,
      previous_secret_until timestamptz(3),
      status text not null default 'enabled',
      disabled_reason text,
      limit_to_location text,
      merchant_id text,
      last_increment_id bigint not null default 0,
      created_by text not null,
      updated_by text not null,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      deleted_at timestamptz(3),
      constraint webhooks_pkey primary key (webhook_id),
      constraint webhooks_webhook_number_key unique (webhook_number),
      constraint webhooks_kind_check check (kind in ('rest', 'rpc')),
      constraint webhooks_status_check check (status in ('enabled', 'disabled')),
      constraint webhooks_merchant_check check ((kind = 'rpc') = (merchant_id is not null)),
      constraint webhooks_limit_to_location_fkey foreign key (limit_to_location) references locations,
      constraint webhooks_merchant_id_fkey foreign key (merchant_id) references merchants on delete cascade
    );
    create index webhooks_kind_idx on webhooks (kind, merchant_id) where deleted_at is null;
  `)
}

async function createDeliveries(knex: Knex): Promise<void> {
  await knex.raw(`
    create table webhook_deliveries (
      delivery_id text not null,
      webhook_id text not null,
      event_id text not null,
      list_position bigint generated always as identity,
      increment_id bigint not null,
      resource_type text not null,
      resource_id text not null,
      sequence integer not null,
      status text not null default 'pending',
      attempts jsonb not null default '[]',
      attempt_count integer not null default 0,
      tries integer not null default 0,
      next_attempt_at timestamptz(3) default now(),
      lease_id uuid,
      lease_expires_at timestamptz(3),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      constraint webhook_deliveries_pkey primary key (delivery_id),
      constraint webhook_deliveries_event_id_key unique (event_id, webhook_id),
      constraint webhook_deliveries_status_check check (status in ('pending', 'delivered', 'failed')),
      constraint webhook_deliveries_due_check check ((status = 'pending') = (next_attempt_at is not null)),
      constraint webhook_deliveries_webhook_id_fkey foreign key (webhook_id) references webhooks on delete cascade,
      constraint webhook_deliveries_event_id_fkey foreign key (event_id) references events on delete cascade
    );
    create index webhook_deliveries_due_idx on webhook_deliveries (webhook_id, next_attempt_at, list_position)
      where status = 'pending';
    create index webhook_deliveries_first_idx on webhook_deliveries (webhook_id, resource_type, resource_id, sequence)
      where status = 'pending' and attempt_count = 0;
    create index webhook_deliveries_lease_idx on webhook_deliveries (webhook_id) where lease_id is not null;
    create index webhook_deliveries_list_idx on webhook_deliveries (webhook_id, created_at, list_position);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table webhook_deliveries, webhooks, event_publication, event_sequences;
    drop index events_unpublished_idx, events_stream_position_key;
    alter table events drop column stream_position;
  `)
}
