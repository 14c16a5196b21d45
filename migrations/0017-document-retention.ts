import type { Knex } from 'knex'

/**
 * A document outlives its bytes: hash and ledger stay. `removed_at` stands in the row that storing and removing both
 * lock, so that the same bytes stored again meanwhile are kept.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table documents add column removed_at timestamptz(3);
    create index documents_created_at_idx on documents (created_at) where removed_at is null;
    create index print_jobs_document_id_idx on print_jobs (document_id);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index print_jobs_document_id_idx;
    drop index documents_created_at_idx;
    alter table documents drop column removed_at
  `)
}
