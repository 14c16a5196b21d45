import type { Knex } from 'knex'

/**
 * For the retention of documents: a pass goes on where the last batch ended, and what was printed a million times is known to
 * have been printed lately without a look at each time. The second index takes the place of one by document alone.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index documents_created_at_idx;
    create index documents_created_at_idx on documents (created_at, document_id) where removed_at is null;
    drop index print_jobs_document_id_idx;
    create index print_jobs_document_id_updated_at_idx on print_jobs (document_id, updated_at)
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index print_jobs_document_id_updated_at_idx;
    create index print_jobs_document_id_idx on print_jobs (document_id);
    drop index documents_created_at_idx;
    create index documents_created_at_idx on documents (created_at) where removed_at is null
  `)
}
