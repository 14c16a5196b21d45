import type { Knex } from 'knex'

const MANY = 100_000
/** Without an address rows are so narrow that reading all of them costs less than an index. */
const ADDRESS = {
  firstname: 'Margarethe',
  lastname: 'Schmidt-Rottluff',
  street1: 'Lindenallee 1234',
  city: 'Frankfurt am Main',
  postcode: '60311',
  country: 'DE',
  telephone: '+49 69 1234567',
  email: 'margarethe@example.com',
}

/**
 * 100,000 orders of three merchants: most of one, hardly any of another. Nine of ten have a shipment, of one package or
 * two. As in a warehouse: states and stores are few, references and dates many, most of the work is done.
 */
export async function insertManyOrders(db: Knex): Promise<void> {
  await db('merchants').insert(
    ['big', 'small', 'tiny'].map((name) => ({ merchant_id: `mrch_${name}`, name })),
  )
  await db('locations').insert(['a', 'b', 'c'].map((name) => ({ location_id: `loc_${name}`, name })))
  // Indexes are built faster than they are kept.
  const indexes = await db<{ indexname: string; indexdef: string }>('pg_indexes')
    .whereIn('tablename', ['orders', 'shipments', 'packages'])
    .whereLike('indexname', '%_idx')
  await db.raw(`drop index ${indexes.map(({ indexname }) => indexname).join(', ')}`)
  await db.raw(
    `insert into orders (unique_id, merchant_id, order_ref, state, store_code, shipping_method, priority,
       requested_ship_at, shipping_address, total_item_count, created_by, created_at, updated_at)
     select 'u' || n,
       case when n % 1000 = 7 then 'mrch_tiny' when n % 5 < 2 then 'mrch_small' else 'mrch_big' end,
       case when n % 4 > 0 then 'PO-' || n * 7919 % 100000 end,
       case when n % 10 = 0 then 'new' when n % 50 = 1 then 'canceled' when n % 20 = 3 then 'processing'
         else 'complete' end,
       (array['web', 'shop', 'phone', null])[n % 4 + 1],
       (array['ups', 'dhl', null])[n % 3 + 1],
       case when n % 100 = 5 then 90 else 50 end,
       timestamptz '2025-01-01 00:00Z' + n % 700 * interval '1 day', :address, 1, 'usr_1',
       timestamptz '2025-01-01 00:00Z' + n * interval '9 min', timestamptz '2026-12-01 00:00Z' - n * interval '7 min'
     from generate_series(1, :count) as n`,
    { count: MANY, address: JSON.stringify(ADDRESS) },
  )
  await db.raw(
    `insert into shipments (shipment_id, order_id, location_id, warehouse_id, status, created_at, updated_at, packed_at)
     select 's' || order_id, order_id, location_id, warehouse_id,
       case state when 'complete' then 'packed' when 'canceled' then 'canceled' else 'new' end,
       orders.created_at, orders.updated_at, case state when 'complete' then orders.updated_at end
     from orders join locations on warehouse_id = order_id % 3 + 1 where state <> 'new' order by order_id`,
  )
  await db.raw(
    `insert into packages (package_id, shipment_id, position, status, created_at, updated_at, packed_at)
     select shipment_id || '-' || n, shipment_id, n, case status when 'packed' then 'packed' else 'packing' end,
       created_at, updated_at, packed_at
     from shipments cross join generate_series(1, 2) as n where n = 1 or order_id % 6 = 0
     order by shipments.position, n`,
  )
  for (const { indexdef } of indexes) await db.raw(indexdef)
  await db.raw('vacuum (analyze) orders, shipments, packages')
}
