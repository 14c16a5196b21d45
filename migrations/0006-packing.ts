import type { Knex } from 'knex'

/** Confirmations and deferrals. The unique constraint decides which of two packers had a shared occurrence. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table confirmations (
      confirmation_id bigint generated always as identity,
      instruction_id bigint not null,
      occurrence text not null,
      revision integer not null,
      package_id text not null,
      station_id text,
      user_id text not null,
      confirmed_by text not null,
      confirmed_at timestamptz(3) not null default now(),
      constraint confirmations_pkey primary key (confirmation_id),
      constraint confirmations_occurrence_key unique (instruction_id, occurrence, revision),
      constraint confirmations_revision_fkey
        foreign key (instruction_id, revision) references instruction_revisions,
      constraint confirmations_package_id_fkey foreign key (package_id) references packages,
      constraint confirmations_station_id_fkey foreign key (station_id) references stations,
      constraint confirmations_user_id_fkey foreign key (user_id) references users
    );
    create index confirmations_package_id_idx on confirmations (package_id);

    create table deferrals (
      instruction_id bigint not null,
      package_id text not null,
      revision integer not null,
      user_id text not null,
      deferred_at timestamptz(3) not null default now(),
      constraint deferrals_pkey primary key (instruction_id, package_id, revision),
      constraint deferrals_revision_fkey foreign key (instruction_id, revision) references instruction_revisions,
      constraint deferrals_package_id_fkey foreign key (package_id) references packages,
      constraint deferrals_user_id_fkey foreign key (user_id) references users
    );
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table deferrals, confirmations')
}
