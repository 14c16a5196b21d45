import { expect } from 'chai'
import { wakePrinters } from '../../lib/db/printer-signals.ts'
import { cloneDatabase } from '../helpers/database.ts'
import { aLocation } from '../printers/printing-fixtures.ts'

const STATIONS = 50
/** As often PostgreSQL makes a plan for the very values, before it may keep one. */
const TRIED = 5

describe('the news of a job to its printer', () => {
  it('is planned once for each connection', async () => {
    const { db, drop } = await cloneDatabase()
    try {
      await db.raw(
        `insert into stations (station_id, location_id, name, display_name, created_by, updated_by)
         select 'prnt_stn_' || n, ?, 'S' || n, 'S', 'key_1', 'key_1' from generate_series(1, ?::integer) as n`,
        [await aLocation(db), STATIONS],
      )
      const { rows } = await db.raw<{ rows: { printer_id: string }[] }>(
        `insert into printers (printer_id, station_id, position, name)
         select gen_random_uuid(), station_id, n, 'P' || n from stations, generate_series(1, 4) as n returning printer_id`,
      )
      const plans = await db.transaction(async (trx) => {
        for (const { printer_id } of rows.slice(0, 2 * TRIED)) await wakePrinters(trx, [printer_id])
        const { rows: kept } = await trx.raw<{ rows: unknown[] }>(
          `select custom_plans::integer, generic_plans::integer from pg_prepared_statements where statement like '%pg_notify%'`,
        )
        return kept
      })
      expect(plans).to.deep.equal([{ custom_plans: TRIED, generic_plans: TRIED }])
    } finally {
      await drop()
    }
  })
})
