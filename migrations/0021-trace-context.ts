import type { Knex } from 'knex'

/** The W3C traceparent of the request that made a job or caused an event, for attempts and webhooks to go on with. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table print_jobs add column traceparent text;
    alter table events add column traceparent text
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table events drop column traceparent;
    alter table print_jobs drop column traceparent
  `)
}
