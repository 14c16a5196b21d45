import type { Knex } from 'knex'

/** Whether it was told that the station's client has fallen silent: of several processes one tells it, once. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table stations add column is_silence_told boolean not null default false')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table stations drop column is_silence_told')
}
