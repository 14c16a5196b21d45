import { type Db, queryOne } from '../db/database.ts'

/**
 * How many numbers are looked at, try by try. Imported orders may hold thousands in a row; what a try passed over is
 * passed for good, so even more than these come to an end.
 */
const CANDIDATES = [1, 10, 100, 1_000, 10_000]

/**
 * The next number that names neither an order nor a shipment: a scanned code should mean one thing. Undefined when all
 * candidates are taken; the next call goes on behind them.
 */
export async function findFreeOrderNumber(db: Db): Promise<string | undefined> {
  for (const count of CANDIDATES) {
    const row = await queryOne<{ number: string }>(
      db,
      `select candidates.number
       from (select nextval('order_unique_id_seq')::text as number from generate_series(1, :count)) as candidates
       where not exists (select 1 from orders where orders.unique_id = candidates.number)
         and not exists (select 1 from shipments where shipments.shipment_id = candidates.number)
       order by candidates.number::bigint limit 1`,
      { count },
    )
    if (row) return row.number
  }
  return undefined
}

/** As above, for a shipment whose packages `<number>-1` to `<number>-<packageCount>` must be free, too. */
export async function findFreeShipmentNumber(db: Db, packageCount: number): Promise<string | undefined> {
  for (const count of CANDIDATES) {
    const row = await queryOne<{ number: string }>(
      db,
      `select candidates.number
       from (select nextval('shipment_id_seq')::text as number from generate_series(1, :count)) as candidates
       where not exists (select 1 from orders where orders.unique_id = candidates.number)
         and not exists (select 1 from shipments where shipments.shipment_id = candidates.number)
         and not exists (
           select 1 from packages where packages.package_id in
             (select candidates.number || '-' || n from generate_series(1, :packageCount::integer) as n))
       order by candidates.number::bigint limit 1`,
      { count, packageCount },
    )
    if (row) return row.number
  }
  return undefined
}
