import { type Db, query } from '../db/database.ts'

/** A location as the RPC interface names it. */
export interface Warehouse {
  readonly warehouseId: number
  readonly name: string
}

/** By rising id, at most `limit`. */
export async function listWarehouses(db: Db, limit: number): Promise<readonly Warehouse[]> {
  const rows = await query<{ warehouse_id: string; name: string }>(
    db,
    'select locations.warehouse_id, locations.name from locations order by locations.warehouse_id limit :limit',
    { limit },
  )
  return rows.map(({ warehouse_id: warehouseId, name }) => ({ warehouseId: Number(warehouseId), name }))
}
