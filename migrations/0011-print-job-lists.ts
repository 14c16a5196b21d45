import type { Knex } from 'knex'

/**
 * Lists of print jobs, in both of their orders, by whatever they may be narrowed to: each index holds the order behind the
 * filter, so that a page is read from where it begins. `queue_position` makes the order total.
 */
export async function up(knex: Knex): Promise<void> {
  const columns = [
    'location_id',
    'station_id',
    'printer_id',
    'merchant_id',
    'status',
    'resource_id',
    'resource_type',
  ]
  const statements = columns.flatMap((column) => [
    `create index print_jobs_${column}_created_at_idx on print_jobs (${column}, created_at, queue_position)`,
    `create index print_jobs_${column}_updated_at_idx on print_jobs (${column}, updated_at, queue_position)`,
  ])
  await knex.raw(
    [
      'create index print_jobs_created_at_idx on print_jobs (created_at, queue_position)',
      'create index print_jobs_updated_at_idx on print_jobs (updated_at, queue_position)',
      ...statements,
    ].join(';\n'),
  )
}

export async function down(knex: Knex): Promise<void> {
  const columns = [
    'location_id',
    'station_id',
    'printer_id',
    'merchant_id',
    'status',
    'resource_id',
    'resource_type',
  ]
  const names = ['', ...columns.map((column) => `${column}_`)].flatMap((prefix) => [
    `print_jobs_${prefix}created_at_idx`,
    `print_jobs_${prefix}updated_at_idx`,
  ])
  await knex.raw(`drop index ${names.join(', ')}`)
}
