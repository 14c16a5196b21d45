import { type Db, query } from '../db/database.ts'

/** Ids of printers that nobody has paused. */
export async function listRunningPrinters(db: Db, limit: number): Promise<readonly string[]> {
  const rows = await query<{ printer_id: string }>(
    db,
    `select printer_id from printers where not is_paused and deleted_at is null
     order by printer_id limit :limit::integer`,
    { limit },
  )
  return rows.map((row) => row.printer_id)
}

/** Ids of those that `packhouse hold` paused and that nobody has resumed since. */
export async function listHeldPrinters(db: Db, limit: number): Promise<readonly string[]> {
  const rows = await query<{ printer_id: string }>(
    db,
    `select printer_id from printers where held_at is not null and is_paused and deleted_at is null
     order by printer_id limit :limit::integer`,
    { limit },
  )
  return rows.map((row) => row.printer_id)
}
