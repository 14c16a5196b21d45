import type { Knex } from 'knex'

/** Stations and printers. Removed ones stay as rows, since old jobs name them; names are unique among the others. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table stations (
      station_id text not null,
      location_id text not null,
      name text not null,
      display_name text not null,
      code text,
      status text not null default 'online',
      device_token text,
      allow_all_users boolean not null default true,
      allowed_users text[] not null default '{}',
      is_pooling_enabled boolean not null default false,
      last_seen_at timestamptz(3),
      created_by text not null,
      updated_by text not null,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      deleted_at timestamptz(3),
      constraint stations_pkey primary key (station_id),
      constraint stations_location_id_fkey foreign key (location_id) references locations,
      constraint stations_status_check check (status in ('online', 'offline'))
    );
    create unique index stations_location_id_name_key on stations (location_id, name) where deleted_at is null;
    create unique index stations_code_key on stations (code) where deleted_at is null;

    create table printers (
      printer_id uuid not null,
      station_id text not null,
      position integer not null,
      name text not null,
      model text,
      code text,
      pool text,
      status text not null default 'online',
      state_reasons text[] not null default '{}',
      is_paused boolean not null default false,
      color_print boolean not null default false,
      double_sided boolean not null default false,
      orientations text[] not null default '{portrait,landscape}',
      priority integer,
      page_sizes text[] not null default '{}',
      configuration jsonb not null default '{}',
      connection jsonb not null default '{"type": "station"}',
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      deleted_at timestamptz(3),
      constraint printers_pkey primary key (printer_id),
      constraint printers_station_id_fkey foreign key (station_id) references stations,
      constraint printers_pool_check check (pool in ('LASER', 'LABEL', 'SMALL_LABEL', 'RECEIPT')),
      constraint printers_status_check check (status in ('online', 'offline', 'busy', 'error'))
    );
    create unique index printers_station_id_name_key on printers (station_id, name) where deleted_at is null;
    create unique index printers_code_key on printers (code) where deleted_at is null;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table printers, stations')
}
