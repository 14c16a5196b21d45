import type { Knex } from 'knex'

/**
 * The outbox: one row per event, written in the transaction of the change. `sequence` rises by one per resource;
 * its writer holds the row lock of that resource.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table events (
      event_id text not null,
      position bigint generated always as identity,
      type text not null,
      resource_type text not null,
      resource_id text not null,
      sequence integer not null,
      location_id text,
      merchant_id text,
      data jsonb not null,
      created_at timestamptz(3) not null default now(),
      constraint events_pkey primary key (event_id),
      constraint events_sequence_key unique (resource_type, resource_id, sequence)
    );
    create unique index events_position_key on events (position);
    create index events_created_at_idx on events (created_at);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table events')
}
