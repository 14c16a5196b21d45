import { expect } from 'chai'
import type { Knex } from 'knex'
import type { DeliveryResult } from '../../lib/delivery/driver.ts'
import { createLedgerService, type LedgerService } from '../../lib/print-jobs/ledger-service.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { nodesOf, type Plan, plansOf } from '../helpers/plans.ts'
import { aDocument, aLocation } from '../printers/printing-fixtures.ts'

const ENDED = 2_000
const WAITING = 200
const SENT: DeliveryResult = {
  outcome: 'sent',
  bytesOffered: 1,
  bytesWritten: 1,
  detail: '1 bytes accepted',
  next: 'retry',
  reason: null,
  stateReasons: [],
}

describe('a printer’s queue: plans', () => {
  let database: TestDatabase
  let db: Knex
  let ledger: LedgerService
  let printerId: string

  before(async function () {
    this.timeout(60_000)
    database = await cloneDatabase()
    db = database.db
    printerId = await seed(db)
    ledger = createLedgerService({
      db,
      processNumber: 1,
      isSettled: () => true,
      timing: { leaseTtlMs: 60_000, graceMs: 1_000, retryMinMs: 1, retryMaxMs: 1 },
      telling: { ended: () => Promise.resolve(), givenUp: () => undefined },
    })
  })
  after(() => database.drop())

  it('find a job by its id, however many wait since the statistics were taken', async () => {
    const taken = await ledger.takeOver(printerId)
    if (taken.state !== 'taken') throw new Error('the lease of a new printer is free')
    const { lease } = taken
    const outcomes: (string | undefined)[] = []
    const plans = await plansOf(db, async () => {
      const head = await ledger.claim(lease)
      if (head.state !== 'claimed') throw new Error('a job waits')
      const { claim } = head
      await ledger.markSending(lease, { claim, bytesOffered: 1, deviceJobId: null })
      outcomes.push((await ledger.recordAndClaim(lease, claim, SENT))?.state)
    })
    expect(outcomes).to.deep.equal(['claimed'])
    const reads = plans.flatMap(nodesOf).filter(isReadOfJobs)
    expect(reads).to.have.length.greaterThan(4)
    for (const read of reads) expect(read['Index Cond'], JSON.stringify(read)).to.match(BY_WHAT_IT_IS)
  })
})

/** Its id, or the printer in whose queue it stands. */
const BY_WHAT_IT_IS = /job_id = |\(printer_id = own\.printer_id\)/

function isReadOfJobs(plan: Plan): boolean {
  const isOfJobs = plan['Relation Name'] === 'print_jobs' || /^print_jobs_/.test(plan['Index Name'] ?? '')
  return isOfJobs && /Scan/.test(plan['Node Type']) && plan['Node Type'] !== 'Bitmap Heap Scan'
}

/** Jobs of before, of which there are statistics, and then many that wait. */
async function seed(db: Knex): Promise<string> {
  const { documentId } = await aDocument(db)
  const locationId = await aLocation(db)
  await db.raw(
    `insert into stations (station_id, location_id, name, display_name, created_by, updated_by)
     values ('prnt_stn_1', ?, 'S', 'S', 'key_1', 'key_1')`,
    [locationId],
  )
  const { rows } = await db.raw<{ rows: { printer_id: string }[] }>(
    `insert into printers (printer_id, station_id, position, name, connection)
     select gen_random_uuid(), 'prnt_stn_1', n, 'P' || n, '{"type":"socket","host":"127.0.0.1","port":9100,"language":"raw"}'
     from generate_series(1, 4) as n returning printer_id`,
  )
  const insert = (status: string, count: number) =>
    db.raw(
      `insert into print_jobs (job_id, name, status, document_id, location_id, station_id, printer_id, user_name, routing,
         created_by, updated_by, expires_at)
       select 'prnt_job_' || :status || n, 'n', :status, :documentId, :locationId, 'prnt_stn_1',
         (:printers::uuid[])[1 + n % 4], 'u', '{}', 'key_1', 'key_1', now() + interval '1 day'
       from generate_series(1, :count::integer) as n`,
      { status, count, documentId, locationId, printers: rows.map((row) => row.printer_id) },
    )
  await insert('completed', ENDED)
  await db.raw('vacuum analyze print_jobs, print_attempts, documents, printers, stations')
  await insert('queued', WAITING)
  return rows[0]?.printer_id ?? ''
}
