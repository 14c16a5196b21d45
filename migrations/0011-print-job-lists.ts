import type { Knex } from 'knex'

/** What many jobs share. */
const FILTERS = ['location_id', 'station_id', 'printer_id', 'merchant_id', 'status', 'resource_type']
/** With a filter before it, or for the whole list. */
const ORDERS = ['', ...FILTERS.map((column) => `${column}, `)].flatMap((filter) => [
  `${filter}created_at`,
  `${filter}updated_at`,
])

/**
 * Lists of print jobs, in both of their orders, by whatever they may be narrowed to: each index holds the order behind the
 * filter, so that a page is read from where it begins. `queue_position` makes the order total. A resource has a handful of
 * jobs, which are sorted faster than two more indexes are kept.
 */
export async function up(knex: Knex): Promise<void> {
  const ordered = ORDERS.map(
    (columns) => `create index ${nameOf(columns)} on print_jobs (${columns}, queue_position)`,
  )
  await knex.raw(
    [...ordered, 'create index print_jobs_resource_id_idx on print_jobs (resource_id)'].join(';\n'),
  )
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`drop index print_jobs_resource_id_idx, ${ORDERS.map(nameOf).join(', ')}`)
}

/** `print_jobs_status_created_at_idx` */
function nameOf(columns: string): string {
  return `print_jobs_${columns.replace(', ', '_')}_idx`
}
