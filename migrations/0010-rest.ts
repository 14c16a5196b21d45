import type { Knex } from 'knex'

/**
 * What the REST interface needs beside the resources themselves: an order of creation for lists, users that were
 * deleted, and what was answered to requests with an idempotency key.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table merchants add column list_position bigint generated always as identity;
    alter table locations add column list_position bigint generated always as identity;
    alter table api_keys add column list_position bigint generated always as identity;

    alter table users
      add column list_position bigint generated always as identity,
      add column deleted_at timestamptz(3),
      drop constraint users_username_key;
    create unique index users_username_key on users (username) where deleted_at is null;
    create index users_merchant_id_idx on users (merchant_id) where merchant_id is not null;
    create index users_location_id_idx on users (location_id) where location_id is not null;
    create index api_keys_limit_to_location_idx on api_keys (limit_to_location) where limit_to_location is not null;

    create table idempotency_keys (
      idempotency_hash bytea not null,
      request_hash bytea not null,
      lease_id uuid not null,
      status integer,
      sealed_answer bytea,
      created_at timestamptz(3) not null default now(),
      expires_at timestamptz(3) not null,
      constraint idempotency_keys_pkey primary key (idempotency_hash),
      constraint idempotency_keys_answer_check check ((status is null) = (sealed_answer is null))
    );
    create index idempotency_keys_expires_at_idx on idempotency_keys (expires_at);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table idempotency_keys;
    drop index api_keys_limit_to_location_idx, users_location_id_idx, users_merchant_id_idx, users_username_key;
    alter table users
      add constraint users_username_key unique (username),
      drop column deleted_at,
      drop column list_position;
    alter table api_keys drop column list_position;
    alter table locations drop column list_position;
    alter table merchants drop column list_position;
  `)
}
