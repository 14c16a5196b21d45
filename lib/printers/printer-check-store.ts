import { type Db, query } from '../db/database.ts'

/**
 * Idle printers whose turn it is, now this process's to look at: IPP printers, and sockets that were found offline or in
 * trouble, which else would stay so while routing avoids them. Each interval is jittered by a fifth. Whoever has a job is looked at by
 * its delivery.
 */
export async function takeDueChecks(
  db: Db,
  { intervalMs, limit }: { intervalMs: number; limit: number },
): Promise<readonly string[]> {
  const rows = await query<{ printer_id: string }>(
    db,
    `insert into printer_checks as checks (printer_id, checked_at)
     select printers.printer_id, clock_timestamp()
     from printers left join printer_checks as last on last.printer_id = printers.printer_id
     where printers.deleted_at is null
       and (printers.connection ->> 'type' = 'ipp'
         or (printers.connection ->> 'type' = 'socket' and printers.status in ('offline', 'error')))
       and (last.checked_at is null
         or last.checked_at < clock_timestamp() - :intervalMs * (0.8 + random() * 0.4) * interval '1 millisecond')
       and not exists (select from print_jobs where print_jobs.printer_id = printers.printer_id
                       and print_jobs.status in ('queued', 'processing'))
     order by last.checked_at nulls first limit :limit
     on conflict on constraint printer_checks_pkey do update set checked_at = excluded.checked_at
       where checks.checked_at < excluded.checked_at - :intervalMs * 0.8 * interval '1 millisecond'
     returning checks.printer_id`,
    { intervalMs, limit },
  )
  return rows.map((row) => row.printer_id)
}
