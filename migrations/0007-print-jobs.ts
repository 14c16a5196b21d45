import type { Knex } from 'knex'

/**
 * The queue, the ledger and the leases. A job names its station beside its printer, which never moves to another one:
 * the list of a station's jobs needs an index. `claim_…` is the lease of a station client. Three rules are the
 * database's own, whatever a process believes: a confirmation makes one job; a printer driven by Packhouse has one
 * running attempt; an attempt that has an outcome keeps it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table print_jobs (
      job_id text not null,
      queue_position bigint generated always as identity,
      name text not null,
      status text not null default 'queued',
      reason text,
      document_id text not null,
      location_id text not null,
      station_id text not null,
      printer_id uuid not null,
      print_target text,
      resource_type text,
      resource_id text,
      resource_document text,
      copies integer not null default 1,
      color_print boolean not null default false,
      double_sided boolean not null default false,
      orientation text not null default 'portrait',
      paper_size text,
      print_all_pages boolean not null default true,
      pages_to_print text[],
      reverse_order boolean not null default false,
      scaling double precision,
      total_pages integer,
      user_name text not null,
      merchant_id text,
      instruction_id bigint,
      confirmation_id bigint,
      reprint_of text,
      reprint_reason text,
      warnings text[] not null default '{}',
      state_reasons text[] not null default '{}',
      routing jsonb not null,
      retry_at timestamptz(3),
      tries integer not null default 0,
      claimed_by text,
      claim_ttl interval,
      claim_expires_at timestamptz(3),
      created_by text not null,
      updated_by text not null,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      expires_at timestamptz(3) not null,
      constraint print_jobs_pkey primary key (job_id),
      constraint print_jobs_status_check check (status in ('queued', 'processing', 'completed', 'failed', 'canceled')),
      constraint print_jobs_document_id_fkey foreign key (document_id) references documents,
      constraint print_jobs_location_id_fkey foreign key (location_id) references locations,
      constraint print_jobs_station_id_fkey foreign key (station_id) references stations,
      constraint print_jobs_printer_id_fkey foreign key (printer_id) references printers,
      constraint print_jobs_merchant_id_fkey foreign key (merchant_id) references merchants,
      constraint print_jobs_instruction_id_fkey foreign key (instruction_id) references instructions,
      constraint print_jobs_confirmation_id_fkey foreign key (confirmation_id) references confirmations,
      constraint print_jobs_reprint_of_fkey foreign key (reprint_of) references print_jobs,
      constraint print_jobs_claim_check check (claim_expires_at is null or (claimed_by is not null and claim_ttl is not null))
    );
    create unique index print_jobs_confirmation_id_key on print_jobs (confirmation_id) where reprint_of is null;
    create index print_jobs_queue_idx on print_jobs (printer_id, queue_position) where status in ('queued', 'processing');
    create index print_jobs_expires_at_idx on print_jobs (expires_at) where status = 'queued';
    create index print_jobs_instruction_id_idx on print_jobs (instruction_id) where instruction_id is not null;
    create index print_jobs_claim_expires_at_idx on print_jobs (claim_expires_at) where status = 'processing';

    create sequence process_number_seq as integer cycle;

    create table printer_leases (
      printer_id uuid not null,
      process_number integer not null,
      fence bigint not null,
      expires_at timestamptz(3) not null,
      constraint printer_leases_pkey primary key (printer_id),
      constraint printer_leases_printer_id_fkey foreign key (printer_id) references printers
    );

    create table print_attempts (
      attempt_id bigint generated always as identity,
      job_id text not null,
      attempt integer not null,
      printer_id uuid not null,
      process_number integer,
      fence bigint,
      started_at timestamptz(3) not null default now(),
      sending_at timestamptz(3),
      ended_at timestamptz(3),
      bytes_offered bigint not null default 0,
      bytes_written bigint not null default 0,
      outcome text,
      detail text,
      constraint print_attempts_pkey primary key (attempt_id),
      constraint print_attempts_job_id_attempt_key unique (job_id, attempt),
      constraint print_attempts_job_id_fkey foreign key (job_id) references print_jobs,
      constraint print_attempts_printer_id_fkey foreign key (printer_id) references printers,
      constraint print_attempts_outcome_check check (outcome in ('not_sent', 'sent', 'confirmed', 'unknown'))
    );
    create unique index print_attempts_running_key on print_attempts (printer_id)
      where outcome is null and fence is not null;

    create function keep_print_attempts() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' then
        raise exception 'print_attempts is append-only';
      end if;
      if old.outcome is not null then
        raise exception 'attempt % has ended: its outcome stays', old.attempt_id;
      end if;
      return new;
    end $$;
    create trigger print_attempts_append_only before update or delete on print_attempts
      for each row execute function keep_print_attempts();
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table print_attempts, printer_leases;
    drop function keep_print_attempts;
    drop sequence process_number_seq;
    drop table print_jobs
  `)
}
