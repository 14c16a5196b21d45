import type { Knex } from 'knex'

/** How much waits at a printer, which each list of printers and each new job asks: a sum of few lines, whatever waits. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index print_job_counts_open_idx on print_job_counts (printer_id) include (jobs)
      where status in ('queued', 'processing')
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index print_job_counts_open_idx')
}
