import type { Knex } from 'knex'

/** Merchants, locations, users with their keys, sessions, keys of the REST interface, secrets of the server itself. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table merchants (
      merchant_id text not null,
      name text not null,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      constraint merchants_pkey primary key (merchant_id),
      constraint merchants_name_key unique (name)
    );

    create table locations (
      location_id text not null,
      warehouse_id bigint generated always as identity,
      name text not null,
      code text,
      locale text,
      currency text,
      time_zone text,
      language text,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      constraint locations_pkey primary key (location_id),
      constraint locations_warehouse_id_key unique (warehouse_id),
      constraint locations_code_key unique (code)
    );

    create table users (
      user_id text not null,
      username text not null,
      role text not null,
      merchant_id text,
      location_id text,
      api_key_hash bytea not null,
      api_key_last4 text not null,
      disabled_at timestamptz(3),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      constraint users_pkey primary key (user_id),
      constraint users_username_key unique (username),
      constraint users_role_check check (role in ('merchant', 'packer', 'supervisor')),
      constraint users_merchant_check check ((role = 'merchant') = (merchant_id is not null)),
      constraint users_merchant_id_fkey foreign key (merchant_id) references merchants,
      constraint users_location_id_fkey foreign key (location_id) references locations
    );

    create table sessions (
      session_hash bytea not null,
      user_id text not null,
      created_at timestamptz(3) not null default now(),
      expires_at timestamptz(3) not null,
      constraint sessions_pkey primary key (session_hash),
      constraint sessions_user_id_fkey foreign key (user_id) references users on delete cascade
    );
    create index sessions_expires_at_idx on sessions (expires_at);

    create table api_keys (
      key_id text not null,
      name text not null,
      key_hash bytea not null,
      last4 text not null,
      scopes text[] not null,
      limit_to_location text,
      is_from_environment boolean not null default false,
      expires_at timestamptz(3),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      deleted_at timestamptz(3),
      constraint api_keys_pkey primary key (key_id),
      constraint api_keys_key_hash_key unique (key_hash),
      constraint api_keys_limit_to_location_fkey foreign key (limit_to_location) references locations
    );
    create unique index api_keys_environment_key on api_keys (is_from_environment) where is_from_environment;

    create table server_secrets (
      name text not null,
      value bytea not null,
      constraint server_secrets_pkey primary key (name)
    );
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table server_secrets, api_keys, sessions, users, locations, merchants')
}
