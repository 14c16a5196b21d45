import type { Knex } from 'knex'

/**
 * Writes an event within the statement that makes the change it tells of: number, outbox row, and a word to whoever
 * publishes it once this commits. Answers the number. The row of the resource's last number makes concurrent events of one
 * resource wait for each other. A function, so that statements of several nouns can call it: decision 0011.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function record_event(
      an_id text, a_type text, of_type text, of_id text, at_location text, of_merchant text, with_data jsonb, by_trace text
    ) returns integer language plpgsql as $$
    declare
      number integer;
    begin
      insert into event_sequences as known (resource_type, resource_id, last_sequence)
      values (of_type, of_id, 1)
      on conflict on constraint event_sequences_pkey do update set last_sequence = known.last_sequence + 1
      returning last_sequence into number;
      insert into events (event_id, type, resource_type, resource_id, sequence, location_id, merchant_id, data, traceparent)
      values (an_id, a_type, of_type, of_id, number, at_location, of_merchant, with_data, by_trace);
      perform pg_notify('packhouse_events', '');
      return number;
    end
    $$
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function record_event(text, text, text, text, text, text, jsonb, text)')
}
