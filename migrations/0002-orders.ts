import type { Knex } from 'knex'

/** Orders, their items, shipments and packages. States are kept by the services, in the transaction of the change. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table orders (
      order_id bigint generated always as identity,
      unique_id text not null,
      merchant_id text not null,
      order_ref text,
      state text not null default 'new',
      store_code text,
      shipping_method text,
      priority integer not null default 50,
      note text,
      custom_greeting text,
      requested_ship_date text,
      custom_fields jsonb,
      shipping_address jsonb not null default '{}',
      total_item_count numeric(18, 4) not null,
      created_by text not null,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      canceled_at timestamptz(3),
      constraint orders_pkey primary key (order_id),
      constraint orders_unique_id_key unique (unique_id),
      constraint orders_merchant_id_fkey foreign key (merchant_id) references merchants,
      constraint orders_state_check check (state in ('new', 'processing', 'complete', 'canceled'))
    );
    create index orders_merchant_id_idx on orders (merchant_id, order_id);
    create index orders_order_ref_idx on orders (merchant_id, order_ref);

    create table order_items (
      order_item_id bigint generated always as identity,
      order_id bigint not null,
      sku text not null,
      qty numeric(18, 4) not null,
      order_item_ref text,
      constraint order_items_pkey primary key (order_item_id),
      constraint order_items_order_id_fkey foreign key (order_id) references orders on delete cascade,
      constraint order_items_qty_check check (qty > 0)
    );
    create index order_items_order_id_idx on order_items (order_id);

    create table shipments (
      shipment_id text not null,
      order_id bigint not null,
      position bigint generated always as identity,
      location_id text not null,
      status text not null default 'new',
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      packed_at timestamptz(3),
      constraint shipments_pkey primary key (shipment_id),
      constraint shipments_order_id_fkey foreign key (order_id) references orders,
      constraint shipments_location_id_fkey foreign key (location_id) references locations,
      constraint shipments_status_check check (status in ('new', 'packing', 'packed', 'canceled'))
    );
    create index shipments_order_id_idx on shipments (order_id);

    create table packages (
      package_id text not null,
      shipment_id text not null,
      position integer not null,
      status text not null default 'packing',
      tracking_number text,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      packed_at timestamptz(3),
      constraint packages_pkey primary key (package_id),
      constraint packages_shipment_id_position_key unique (shipment_id, position),
      constraint packages_shipment_id_fkey foreign key (shipment_id) references shipments,
      constraint packages_status_check check (status in ('packing', 'packed'))
    );
    create index packages_tracking_number_idx on packages (tracking_number) where tracking_number is not null;

    create sequence order_unique_id_seq start 100000001;
    create sequence shipment_id_seq start 200000001;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop sequence shipment_id_seq, order_unique_id_seq;
    drop table packages, shipments, order_items, orders
  `)
}
