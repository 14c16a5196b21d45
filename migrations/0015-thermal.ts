import type { Knex } from 'knex'

/**
 * Templates are kept as the text of their JSON, whose numbers keep their digits. A head knows the version that prints,
 * null where somebody went back to the default, and the highest there ever was: versions only grow.
 *
 * `is_answered` marks jobs whose caller waits for the outcome: they are neither retried nor held, and their end is
 * notified, whoever wrote it. `thermal_copies` are made into jobs by whichever process first hears of that end.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table thermal_templates (
      document_type text not null,
      version integer not null,
      template text not null,
      updated_at timestamptz(3) not null default now(),
      updated_by text not null,
      constraint thermal_templates_pkey primary key (document_type, version)
    );

    create table thermal_template_heads (
      document_type text not null,
      last_version integer not null,
      current_version integer,
      constraint thermal_template_heads_pkey primary key (document_type),
      constraint thermal_template_heads_current_fkey foreign key (document_type, current_version)
        references thermal_templates (document_type, version) deferrable initially deferred
    );

    alter table print_jobs add column is_answered boolean not null default false;

    create table thermal_repeats (
      caller_id text not null,
      thermal_job_id text not null,
      job_id text not null,
      created_at timestamptz(3) not null default now(),
      constraint thermal_repeats_pkey primary key (caller_id, thermal_job_id),
      constraint thermal_repeats_job_id_fkey foreign key (job_id) references print_jobs
    );

    create index thermal_repeats_created_at_idx on thermal_repeats (created_at);

    create table thermal_copies (
      job_id text not null,
      position integer not null,
      printer_id uuid not null,
      document_id text not null,
      picture bytea,
      constraint thermal_copies_pkey primary key (job_id, position),
      constraint thermal_copies_job_id_fkey foreign key (job_id) references print_jobs,
      constraint thermal_copies_printer_id_fkey foreign key (printer_id) references printers,
      constraint thermal_copies_document_id_fkey foreign key (document_id) references documents
    );

    create table thermal_pictures (
      job_id text not null,
      picture bytea not null,
      constraint thermal_pictures_pkey primary key (job_id),
      constraint thermal_pictures_job_id_fkey foreign key (job_id) references print_jobs
    );

    create function tell_thermal_end() returns trigger language plpgsql as $$
    begin
      perform pg_notify('packhouse_thermal', new.job_id);
      return null;
    end $$;
    create trigger print_jobs_thermal_end after update of status on print_jobs
      for each row when (new.is_answered and new.status in ('completed', 'failed', 'canceled'))
      execute function tell_thermal_end();
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger print_jobs_thermal_end on print_jobs;
    drop function tell_thermal_end;
    drop table thermal_pictures, thermal_copies, thermal_repeats, thermal_template_heads, thermal_templates;
    alter table print_jobs drop column is_answered
  `)
}
