import { expect } from 'chai'
import type { Knex } from 'knex'
import { createJobCountsService } from '../../lib/print-jobs/job-counts-service.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { eventually } from '../helpers/eventually.ts'
import { aDocument, aLocation } from '../printers/printing-fixtures.ts'

const COLUMNS = 'location_id, merchant_id, station_id, printer_id, status'

describe('counts of print jobs', () => {
  let database: TestDatabase
  let db: Knex

  before(async () => {
    database = await cloneDatabase()
    db = database.db
    await seed(db)
  })
  after(() => database.drop())

  const fold = () => createJobCountsService({ db }).fold()
  const lines = async () => Number((await db.raw('select count(*) from print_job_counts')).rows[0].count)

  /** What the lines add up to that the jobs don't, or the other way round: nothing. */
  const differences = async () => {
    const { rows } = await db.raw(`
      select ${COLUMNS}, sum(jobs) as jobs from (
        select ${COLUMNS}, jobs from print_job_counts
        union all select ${COLUMNS}, -1 from print_jobs
      ) as both_sides group by ${COLUMNS} having sum(jobs) <> 0`)
    return rows
  }

  it('are those of the jobs, whatever happens to them', async () => {
    const changes = [
      `insert into print_jobs (job_id, name, document_id, location_id, station_id, printer_id, user_name, routing, created_by,
           updated_by, expires_at)
         select 'prnt_job_x', name, document_id, location_id, station_id, printer_id, user_name, routing, created_by, updated_by,
           expires_at
         from print_jobs where job_id = 'prnt_job_1'`,
      `update print_jobs set status = 'processing' where job_id in ('prnt_job_1', 'prnt_job_2')`,
      `update print_jobs set status = 'completed' where status = 'processing'`,
      `update print_jobs set status = 'failed', merchant_id = null where job_id = 'prnt_job_3'`,
      `update print_jobs set printer_id = printers.printer_id, station_id = printers.station_id
         from printers where printers.printer_id <> print_jobs.printer_id and job_id = 'prnt_job_4'`,
      `update print_jobs set name = 'another', updated_at = now()`,
      `delete from print_jobs where job_id = 'prnt_job_5'`,
    ]
    for (const change of changes) {
      await db.raw(change)
      expect(await differences(), change).to.deep.equal([])
      await fold()
      expect(await differences(), `folded after ${change}`).to.deep.equal([])
    }
  })

  it('takes back what a transaction took back', async () => {
    const trx = await db.transaction()
    await trx.raw(`update print_jobs set status = 'canceled' where status = 'queued'`)
    await trx.rollback()
    expect(await differences()).to.deep.equal([])
  })

  it('are folded into a line for each kind, and none for what is no more', async () => {
    await db.raw(`update print_jobs set status = 'completed'`)
    await fold()
    const { rows } = await db.raw(`select ${COLUMNS}, jobs from print_job_counts`)
    expect(rows.map(({ status }: { status: string }) => status)).to.deep.equal(
      Array(rows.length).fill('completed'),
    )
    const { rows: kinds } = await db.raw(`select distinct ${COLUMNS} from print_jobs`)
    expect(rows).to.have.length(kinds.length)
  })

  it('are folded without waiting for the minute when many lines have come, and not for a few', async () => {
    const counts = createJobCountsService({ db })
    await counts.fold()
    await counts.foldIfMany()
    const change = (status: string) => db.raw('update print_jobs set status = :status', { status })
    await change('queued')
    await counts.foldIfMany()
    expect(await lines()).to.be.above(199)
    for (let round = 0; round < 10; round += 1) await change(round % 2 === 0 ? 'completed' : 'queued')
    // PostgreSQL's own count of them comes up to a second later.
    await eventually('a fold', async () => {
      await counts.foldIfMany()
      return (await lines()) < 20 || undefined
    })
    expect(await differences()).to.deep.equal([])
  })

  it('writes nothing when there is nothing to fold', async () => {
    await fold()
    const versions = async () => (await db.raw('select ctid, xmin from print_job_counts order by ctid')).rows
    const before = await versions()
    await fold()
    expect(await versions()).to.deep.equal(before)
  })

  it('lose nothing when several fold while jobs change', async () => {
    const changing = Array.from({ length: 40 }, (_, index) =>
      db.raw('update print_jobs set status = :status where queue_position % 10 = :part', {
        status: index % 2 === 0 ? 'queued' : 'completed',
        part: index % 10,
      }),
    )
    const folding = Array.from({ length: 20 }, () => fold())
    await Promise.all([...changing, ...folding])
    expect(await differences()).to.deep.equal([])
    await fold()
    expect(await differences()).to.deep.equal([])
    expect(await lines()).to.be.below(20)
  })
})

/** A hundred queued jobs of two merchants and none, at two printers of two stations. */
async function seed(db: Knex): Promise<void> {
  const { documentId } = await aDocument(db)
  const locationId = await aLocation(db)
  await db.raw(
    `insert into merchants (merchant_id, name) values ('mrch_1', 'One'), ('mrch_2', 'Two');
     insert into stations (station_id, location_id, name, display_name, created_by, updated_by)
       select 'prnt_stn_' || n, '${locationId}', 'S' || n, 'S', 'key_1', 'key_1' from generate_series(1, 2) as n;
     insert into printers (printer_id, station_id, position, name)
       select gen_random_uuid(), station_id, 0, 'P' from stations;`,
  )
  await db.raw(
    `insert into print_jobs (job_id, name, document_id, location_id, station_id, printer_id, merchant_id, user_name, routing,
       created_by, updated_by, expires_at)
     select 'prnt_job_' || n, 'n', :documentId, location_id, station_id, printer_id, 'mrch_' || nullif(n % 3, 0), 'u', '{}',
       'key_1', 'key_1', now()
     from generate_series(1, 100) as n
     join (select row_number() over (order by station_id) as place, * from printers join stations using (station_id)) as places
       on places.place = 1 + n % 2`,
    { documentId },
  )
}
