import type { Knex } from 'knex'

/** The printer's own number of a job, told before its document is sent: what became of it can be asked after a crash. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table print_attempts add column device_job_id integer')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table print_attempts drop column device_job_id')
}
