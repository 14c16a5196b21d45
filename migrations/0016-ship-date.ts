import type { Knex } from 'knex'

/**
 * The moment that an order's requested ship date names, a date alone its midnight in UTC: searches compare moments, where
 * texts of several forms would be compared by their letters. What is no date keeps its text and names no moment.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table orders add column requested_ship_at timestamptz;
    create function pg_temp.moment_of(given text) returns timestamptz language plpgsql set timezone = 'UTC' as $$
    begin
      return given::timestamptz;
    exception when data_exception then
      return null;
    end $$;
    update orders set requested_ship_at = pg_temp.moment_of(requested_ship_date)
      where requested_ship_date ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}';
    drop function pg_temp.moment_of(text);
    drop index orders_requested_ship_date_idx;
    create index orders_requested_ship_at_idx on orders (requested_ship_at, order_id, merchant_id);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index orders_requested_ship_at_idx;
    create index orders_requested_ship_date_idx on orders (requested_ship_date, order_id, merchant_id);
    alter table orders drop column requested_ship_at;
  `)
}
