import type { Knex } from 'knex'

/**
 * Commands of thermal clients (`Cut`, `Drawer`, `Beep`) stand in a printer's queue beside its jobs: they take their positions
 * from the same sequence, and whichever process has the printer's lease sends them. Their end is notified like that of a
 * thermal job, to whichever process has the client.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table printer_commands (
      command_id text not null,
      printer_id uuid not null,
      queue_position bigint not null,
      bytes bytea not null,
      status text not null default 'queued',
      reason text,
      fence bigint,
      created_at timestamptz(3) not null default now(),
      constraint printer_commands_pkey primary key (command_id),
      constraint printer_commands_printer_id_fkey foreign key (printer_id) references printers,
      constraint printer_commands_status_check check (status in ('queued', 'processing', 'completed', 'failed', 'canceled'))
    );

    create index printer_commands_queue_idx on printer_commands (printer_id, queue_position)
      where status in ('queued', 'processing');
    create index printer_commands_created_at_idx on printer_commands (created_at);

    create function tell_command_end() returns trigger language plpgsql as $$
    begin
      perform pg_notify('packhouse_thermal', new.command_id);
      return null;
    end $$;
    create trigger printer_commands_end after update of status on printer_commands
      for each row when (new.status in ('completed', 'failed', 'canceled'))
      execute function tell_command_end();
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table printer_commands;
    drop function tell_command_end
  `)
}
