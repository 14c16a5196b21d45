import type { Knex } from 'knex'

/** A package's confirmations are looked up for some of its instructions. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index confirmations_package_instruction_idx on confirmations (package_id, instruction_id);
    drop index confirmations_package_id_idx;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    create index confirmations_package_id_idx on confirmations (package_id);
    drop index confirmations_package_instruction_idx;
  `)
}
