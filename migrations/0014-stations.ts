import type { Knex } from 'knex'

/** An order of creation for the list of stations, and when somebody last looked at an idle printer. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table stations add column list_position bigint generated always as identity;

    create table printer_checks (
      printer_id uuid not null,
      checked_at timestamptz(3) not null,
      constraint printer_checks_pkey primary key (printer_id),
      constraint printer_checks_printer_id_fkey foreign key (printer_id) references printers
    );
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table printer_checks;
    alter table stations drop column list_position
  `)
}
