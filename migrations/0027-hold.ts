import type { Knex } from 'knex'

/** What `packhouse hold` stopped, so that `packhouse release` sets going that and nothing that a person had stopped. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    set local lock_timeout = '10s';
    alter table printers add column held_at timestamptz(3);
    alter table webhooks add column held_at timestamptz(3);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table webhooks drop column held_at;
    alter table printers drop column held_at;
  `)
}
