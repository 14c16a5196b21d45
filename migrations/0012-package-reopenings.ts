import type { Knex } from 'knex'

/** Who opened a packed package again, and why: the package itself forgets that it was packed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table package_reopenings (
      reopening_id bigint generated always as identity,
      package_id text not null,
      user_id text not null,
      reopened_by text not null,
      reason text not null,
      packed_at timestamptz(3) not null,
      reopened_at timestamptz(3) not null default clock_timestamp(),
      constraint package_reopenings_pkey primary key (reopening_id),
      constraint package_reopenings_package_id_fkey foreign key (package_id) references packages,
      constraint package_reopenings_user_id_fkey foreign key (user_id) references users
    );
    create index package_reopenings_package_id_idx on package_reopenings (package_id);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table package_reopenings')
}
