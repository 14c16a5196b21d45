import type { Knex } from 'knex'

/** Who is at work on a request: the key of one whose process is dead can be used again at once. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    set local lock_timeout = '10s';
    alter table idempotency_keys add column process_number integer;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table idempotency_keys drop column process_number')
}
