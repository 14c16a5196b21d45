import type { Knex } from 'knex'

/**
 * Documents, once per hash. The bytes are in a table of their own, so that they can be removed while hash and ledger
 * stay; EXTERNAL because PDF, PNG and JPEG are compressed already.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table documents (
      document_id text not null,
      sha256 bytea not null,
      media_type text not null,
      size_bytes integer not null,
      page_count integer not null,
      first_page_width_pt double precision not null,
      first_page_height_pt double precision not null,
      is_encrypted boolean not null,
      created_at timestamptz(3) not null default now(),
      constraint documents_pkey primary key (document_id),
      constraint documents_sha256_key unique (sha256)
    );

    create table document_contents (
      document_id text not null,
      content bytea not null,
      constraint document_contents_pkey primary key (document_id),
      constraint document_contents_document_id_fkey foreign key (document_id) references documents on delete cascade
    );
    alter table document_contents alter column content set storage external;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table document_contents, documents')
}
