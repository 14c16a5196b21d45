import type { Knex } from 'knex'

/** Packing instructions. What makes a revision, note and file, is in instruction_revisions; the rest changes in place. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table instructions (
      instruction_id bigint generated always as identity,
      order_id bigint not null,
      revision integer not null default 1,
      file_name text,
      presentation text not null,
      print_target text,
      is_print_target_inferred boolean not null,
      external_id text,
      external_fingerprint bytea,
      created_by text not null,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      deleted_at timestamptz(3),
      constraint instructions_pkey primary key (instruction_id),
      constraint instructions_order_id_fkey foreign key (order_id) references orders,
      constraint instructions_presentation_check
        check (presentation in ('once_per_order', 'once_per_shipment', 'once_per_package')),
      constraint instructions_print_target_check check (print_target in ('LABEL', 'SMALL_LABEL', 'LASER'))
    );
    create index instructions_order_id_idx on instructions (order_id, instruction_id) where deleted_at is null;
    create unique index instructions_external_id_key on instructions (order_id, external_id) where deleted_at is null;

    create table instruction_revisions (
      instruction_id bigint not null,
      revision integer not null,
      note text not null,
      document_id text,
      created_by text not null,
      created_at timestamptz(3) not null default now(),
      constraint instruction_revisions_pkey primary key (instruction_id, revision),
      constraint instruction_revisions_instruction_id_fkey foreign key (instruction_id) references instructions,
      constraint instruction_revisions_document_id_fkey foreign key (document_id) references documents
    );
    create index instruction_revisions_document_id_idx on instruction_revisions (document_id)
      where document_id is not null;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table instruction_revisions, instructions')
}
