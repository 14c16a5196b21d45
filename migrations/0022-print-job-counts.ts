import type { Knex } from 'knex'

/**
 * How many print jobs there are of each place, merchant and status: a list's `total_count` is exact, and counting the jobs
 * themselves grows with every job that ever was. Each change adds lines of its own, +1 and -1, so that no two jobs wait for each
 * other; the sum of all lines is the count, at every moment and in every snapshot. They are added up once a minute
 * (lib/print-jobs/job-counts-store.ts). No line is ever looked up, so there is no index.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table print_job_counts (
      location_id text not null,
      merchant_id text,
      station_id text not null,
      printer_id uuid not null,
      status text not null,
      jobs bigint not null
    );

    create function count_print_job() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'INSERT' then
        insert into print_job_counts (location_id, merchant_id, station_id, printer_id, status, jobs)
        values (old.location_id, old.merchant_id, old.station_id, old.printer_id, old.status, -1);
      end if;
      if tg_op <> 'DELETE' then
        insert into print_job_counts (location_id, merchant_id, station_id, printer_id, status, jobs)
        values (new.location_id, new.merchant_id, new.station_id, new.printer_id, new.status, 1);
      end if;
      return null;
    end $$;
    create trigger print_jobs_count after insert or delete on print_jobs
      for each row execute function count_print_job();
    create trigger print_jobs_count_change after update of location_id, merchant_id, station_id, printer_id, status on print_jobs
      for each row when ((old.location_id, old.merchant_id, old.station_id, old.printer_id, old.status)
        is distinct from (new.location_id, new.merchant_id, new.station_id, new.printer_id, new.status))
      execute function count_print_job();

    -- The triggers' lock lets nobody write until this commits.
    insert into print_job_counts (location_id, merchant_id, station_id, printer_id, status, jobs)
      select location_id, merchant_id, station_id, printer_id, status, count(*) from print_jobs
      group by location_id, merchant_id, station_id, printer_id, status;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger print_jobs_count_change on print_jobs;
    drop trigger print_jobs_count on print_jobs;
    drop function count_print_job;
    drop table print_job_counts
  `)
}
