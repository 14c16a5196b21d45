import type { Knex } from 'knex'

/**
 * Of lists by the time of the last change, that by status alone needs an index of its own: rare states are scattered through
 * the times. By place, merchant or kind the page is found in the order itself, and the count reads the index that is left.
 * Each status change writes a line into every index.
 */
const DROPPED = ['location_id', 'station_id', 'printer_id', 'merchant_id', 'resource_type']

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`drop index ${DROPPED.map(nameOf).join(', ')}`)
}

export async function down(knex: Knex): Promise<void> {
  const made = DROPPED.map(
    (column) => `create index ${nameOf(column)} on print_jobs (${column}, updated_at, queue_position)`,
  )
  await knex.raw(made.join(';\n'))
}

/** `print_jobs_location_id_updated_at_idx` */
function nameOf(column: string): string {
  return `print_jobs_${column}_updated_at_idx`
}
