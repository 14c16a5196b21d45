import type { Knex } from 'knex'

/**
 * Searches of orders, shipments and packages: every field that they can be searched by leads an index, which goes on
 * with the order of the results. An index of orders ends with the merchant, so that other merchants' orders are passed
 * over, and all are counted, without a look at the table.
 *
 * The texts are of collation "C": the order of their bytes, whatever the server's locale, and the one in which all
 * texts that start alike lie side by side.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table orders
      alter column unique_id type text collate "C",
      alter column order_ref type text collate "C",
      alter column state type text collate "C",
      alter column store_code type text collate "C",
      alter column shipping_method type text collate "C",
      alter column requested_ship_date type text collate "C";
    drop index orders_order_ref_idx;
    create index orders_unique_id_idx on orders (unique_id, order_id, merchant_id);
    create index orders_order_ref_idx on orders (order_ref, order_id, merchant_id);
    create index orders_state_idx on orders (state, order_id, merchant_id);
    create index orders_store_code_idx on orders (store_code, order_id, merchant_id);
    create index orders_shipping_method_idx on orders (shipping_method, order_id, merchant_id);
    create index orders_priority_idx on orders (priority, order_id, merchant_id);
    create index orders_requested_ship_date_idx on orders (requested_ship_date, order_id, merchant_id);
    create index orders_created_at_idx on orders (created_at, order_id, merchant_id);
    create index orders_updated_at_idx on orders (updated_at, order_id, merchant_id);

    alter table locations add constraint locations_warehouse_key unique (location_id, warehouse_id);
    alter table shipments
      alter column shipment_id type text collate "C",
      alter column status type text collate "C",
      add column warehouse_id bigint;
    update shipments set warehouse_id = locations.warehouse_id
      from locations where locations.location_id = shipments.location_id;
    alter table shipments
      alter column warehouse_id set not null,
      add constraint shipments_warehouse_fkey
        foreign key (location_id, warehouse_id) references locations (location_id, warehouse_id);
    drop index shipments_order_id_idx;
    create index shipments_order_id_idx on shipments (order_id, position);
    create index shipments_status_idx on shipments (status, order_id, position);
    create index shipments_warehouse_id_idx on shipments (warehouse_id, order_id, position);
    create index shipments_created_at_idx on shipments (created_at, order_id, position);
    create index shipments_updated_at_idx on shipments (updated_at, order_id, position);
    create index shipments_packed_at_idx on shipments (packed_at, order_id, position);

    alter table packages
      alter column package_id type text collate "C",
      alter column shipment_id type text collate "C",
      alter column status type text collate "C",
      add column package_number bigint generated always as identity;
    create index packages_status_idx on packages (status, package_number);
    create index packages_created_at_idx on packages (created_at, package_number);
    create index packages_updated_at_idx on packages (updated_at, package_number);
    create index packages_packed_at_idx on packages (packed_at, package_number);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index packages_packed_at_idx, packages_updated_at_idx, packages_created_at_idx, packages_status_idx;
    alter table packages
      drop column package_number,
      alter column status type text collate "default",
      alter column shipment_id type text collate "default",
      alter column package_id type text collate "default";

    drop index shipments_packed_at_idx, shipments_updated_at_idx, shipments_created_at_idx,
      shipments_warehouse_id_idx, shipments_status_idx, shipments_order_id_idx;
    create index shipments_order_id_idx on shipments (order_id);
    alter table shipments
      drop column warehouse_id,
      alter column status type text collate "default",
      alter column shipment_id type text collate "default";
    alter table locations drop constraint locations_warehouse_key;

    drop index orders_updated_at_idx, orders_created_at_idx, orders_requested_ship_date_idx, orders_priority_idx,
      orders_shipping_method_idx, orders_store_code_idx, orders_state_idx, orders_order_ref_idx, orders_unique_id_idx;
    alter table orders
      alter column requested_ship_date type text collate "default",
      alter column shipping_method type text collate "default",
      alter column store_code type text collate "default",
      alter column state type text collate "default",
      alter column order_ref type text collate "default",
      alter column unique_id type text collate "default";
    create index orders_order_ref_idx on orders (merchant_id, order_ref);
  `)
}
