import { once } from 'node:events'
import { expect } from 'chai'
import type { Knex } from 'knex'
import pg from 'pg'
import { inTransaction } from '../../lib/db/transaction.ts'
import type { StoredDocument } from '../../lib/documents/document.ts'
import { NotFoundError } from '../../lib/errors.ts'
import type { FrozenRouting } from '../../lib/print-jobs/job-routing.ts'
import type { PrintJob } from '../../lib/print-jobs/print-job.ts'
import {
  createPrintJobsService,
  type NewPrintJob,
  type PrintJobsService,
} from '../../lib/print-jobs/print-jobs-service.ts'
import type { NewPrinter } from '../../lib/printers/printer.ts'
import { createPrintersService, type PrintersService } from '../../lib/printers/printers-service.ts'
import { createEventsService } from '../../lib/webhooks/events-service.ts'
import { seedDemoWorkspace } from '../../seeds/demo.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import {
  aDocument,
  aJob,
  aLocation,
  eventsOf,
  PRINTER_PORTS,
  rejection,
} from '../printers/printing-fixtures.ts'

const VIRTUAL = { type: 'virtual' } as const
const DAY_MS = 86_400_000

describe('print jobs service', () => {
  let database: TestDatabase
  let db: Knex
  let printers: PrintersService
  let jobs: PrintJobsService
  let document: StoredDocument
  let locationId: string

  before(async () => {
    database = await cloneDatabase()
    db = database.db
    const events = createEventsService()
    printers = createPrintersService({ db, events, printerPorts: PRINTER_PORTS })
    jobs = createPrintJobsService({ printers, renderable: new Set() })
    document = await aDocument(db)
  })
  after(() => database.drop())
  beforeEach(async () => {
    locationId = await aLocation(db)
  })

  async function station(own: readonly NewPrinter[], change: object = {}): Promise<string> {
    return (await printers.createStation('key_1', { locationId, name: 'S', printers: own, ...change }))
      .stationId
  }

  function submit(change: Partial<NewPrintJob> = {}): Promise<PrintJob> {
    return inTransaction(db, (trx) => jobs.submit(trx, aJob(document, locationId, change)))
  }

  describe('submit', () => {
    it('answers the job with everything that was given and where it goes', async () => {
      const stationId = await station([{ name: 'Label', model: 'ZD421', pool: 'LABEL', connection: VIRTUAL }])
      const expiresAt = new Date('2100-01-02T03:04:05.678Z')
      const job = await submit({
        printTarget: 'LABEL',
        resource: { type: 'shipment', id: '100000020', document: 'shipping_label' },
        options: {
          copies: 2,
          orientation: 'landscape',
          pagesToPrint: ['1-2'],
          reverseOrder: true,
          scaling: 0.5,
        },
        expiresAt,
      })
      expect(job.jobId).to.match(/^prnt_job_[0-9A-Za-z]{22}$/)
      expect(job).to.deep.include({
        name: 'Label.pdf',
        status: 'queued',
        reason: null,
        documentId: document.documentId,
        mediaType: 'application/pdf',
        locationId,
        station: { stationId, name: 'S', displayName: 'S' },
        printTarget: 'LABEL',
        resourceType: 'shipment',
        resourceId: '100000020',
        resourceDocument: 'shipping_label',
        userName: 'packer',
        createdBy: 'usr_1',
        updatedBy: 'usr_1',
        expiresAt,
        warnings: [],
        stateReasons: [],
        reprintOf: null,
      })
      expect(job.printer).to.deep.include({ name: 'Label', model: 'ZD421' })
      expect(job.options).to.deep.include({
        copies: 2,
        orientation: 'landscape',
        printAllPages: false,
        pagesToPrint: ['1-2'],
        reverseOrder: true,
        scaling: 0.5,
        totalPages: 3,
      })
      expect(await jobs.getJob(db, job.jobId)).to.deep.equal(job)
    })

    it('lets a job expire after 14 days by default', async () => {
      await station([{ name: 'p' }])
      const { createdAt, expiresAt } = await submit()
      expect(expiresAt.getTime() - createdAt.getTime()).to.equal(14 * DAY_MS)
    })

    it('records the job as created, in the transaction that makes it', async () => {
      await station([{ name: 'p' }])
      const job = await submit()
      const [event, ...more] = await eventsOf(db, job.jobId)
      expect(more).to.have.length(0)
      expect(event).to.include({
        type: 'cloud_printing.job.created',
        resource_type: 'print_job',
        sequence: 1,
        location_id: locationId,
      })
      expect(event?.data).to.deep.equal(JSON.parse(JSON.stringify(job)))

      let lost = ''
      const canceled = inTransaction(db, async (trx) => {
        lost = (await jobs.submit(trx, aJob(document, locationId))).jobId
        throw new Error('rolled back')
      })
      expect(String(await rejection(canceled))).to.include('rolled back')
      expect(await rejection(jobs.getJob(db, lost))).to.be.instanceOf(NotFoundError)
      expect(await eventsOf(db, lost)).to.deep.equal([])
    })

    it('wakes the printers that Packhouse drives once the job is committed, and no others', async () => {
      await station([
        { name: 'client', connection: { type: 'station' } },
        { name: 'ours', connection: VIRTUAL },
      ])
      const listener = new pg.Client({ connectionString: database.url })
      await listener.connect()
      try {
        await listener.query('listen packhouse_jobs')
        const woken = once(listener, 'notification') as Promise<[pg.Notification]>
        await submit({ printerName: 'client' })
        const job = await submit({ printerName: 'ours' })
        expect((await woken)[0].payload).to.equal(job.printer.printerId)
      } finally {
        await listener.end()
      }
    })

    it('says of every printer why it can not print the document', async () => {
      await station([
        { name: 'Label', pool: 'LABEL', pageSizes: ['label_4x6'] },
        { name: 'Desk', connection: { type: 'socket', host: '127.0.0.1', port: 9100, language: 'zpl' } },
      ])
      const error = await rejection(submit({ printTarget: 'LABEL', options: { paperSize: 'a4' } }))
      expect(error).to.include({ code: 'no_printer' })
      const { printers: reasons } = (error as { details: { printers: string[] } }).details
      expect(reasons).to.have.length(2)
      expect(reasons.join('\n')).to.match(/^Label: paper-size-not-supported: .+$/m)
      expect(reasons.join('\n')).to.match(
        /^Desk: pool-not-requested: .+; paper-size-not-supported: .+; document-format-not-supported: .+$/m,
      )
    })

    it('refuses a named station that is closed to the caller, as a matter of access', async () => {
      const stationId = await station([{ name: 'p' }], { allowAllUsers: false, allowedUsers: ['usr_9'] })
      expect(await rejection(submit({ stationId }))).to.deep.include({
        code: 'forbidden',
        details: { subject: 'station', reason: 'unauthorized' },
      })
      expect(await rejection(submit())).to.include({ code: 'no_printer' })
      expect((await submit({ stationId, callerId: 'usr_9' })).station.stationId).to.equal(stationId)
    })

    it('finds no printer at a station of another location', async () => {
      await station([{ name: 'p' }])
      const elsewhere = await station([{ name: 'p' }], { locationId: await aLocation(db) })
      expect(await rejection(submit({ stationId: elsewhere }))).to.include({ code: 'no_printer' })
    })

    it('keeps why the printer was chosen, as it was then', async () => {
      const stationId = await station([
        { name: 'b' },
        { name: 'a', model: 'M' },
        { name: 'c', pool: 'LASER' },
      ])
      const job = await submit({ options: { colorPrint: false } })
      await submit({ printerName: 'a' })
      const { rows } = await db.raw<{ rows: { routing: FrozenRouting }[] }>(
        'select routing from print_jobs where job_id = ?',
        [job.jobId],
      )
      const routing = rows[0]?.routing as FrozenRouting
      expect(new Date(routing.decidedAt).getTime()).to.be.closeTo(job.createdAt.getTime(), 5000)
      expect(routing.printerId).to.equal(job.printer.printerId)
      expect(routing.candidates[0]).to.deep.equal({
        printer: { id: job.printer.printerId, name: 'a', model: 'M' },
        station: { id: stationId, name: 'S', displayName: 'S' },
        isChosen: true,
        isEligible: true,
        health: 'online',
        queueDepth: 0,
        priority: null,
        reasons: ['name: a sorts before b'],
      })
      expect(routing.candidates.map(({ isChosen }) => isChosen)).to.deep.equal([true, false, false])
    })

    it('takes another printer when the one it chose is removed meanwhile', async () => {
      await station([{ name: 'a' }, { name: 'b' }])
      const removal = await db.transaction()
      try {
        await removal.raw(
          `update printers set deleted_at = now() from stations
           where stations.station_id = printers.station_id and stations.location_id = ? and printers.name = 'a'`,
          [locationId],
        )
        const submitted = submit()
        await untilBlocked(db)
        await removal.commit()
        expect((await submitted).printer.name).to.equal('b')
      } finally {
        if (!removal.isCompleted()) await removal.rollback()
      }
    })
  })

  it('routes a dry run as it would route the job, and makes none', async () => {
    const stationId = await station([{ name: 'a' }, { name: 'b', priority: 1 }])
    const request = aJob(document, locationId, { preferredStationId: stationId })
    const decision = await jobs.route(db, request)
    expect(decision.chosen).to.include({ name: 'b', queueDepth: 0 })
    expect((await jobs.route(db, request)).chosen).to.deep.equal(decision.chosen)
    expect((await submit({ preferredStationId: stationId })).printer.name).to.equal('b')
    expect((await jobs.route(db, { ...request, printerName: 'c' })).chosen).to.equal(null)
  })

  it('knows no job by a text that can be no id', async () => {
    for (const id of ['', 'prnt_job_none', 'a\0', '\ud800']) {
      expect(await rejection(jobs.getJob(db, id))).to.deep.include({
        code: 'not_found',
        details: { subject: 'print_job', id },
      })
    }
  })

  describe('of instructions', () => {
    let confirmed: { instructionId: number; confirmationIds: string[] }
    let demoLocationId: string

    before(async () => {
      demoLocationId = (await seedDemoWorkspace(db, { adminApiKey: null })).locationId
      confirmed = await confirmTwice(db)
    })

    function submitConfirmed(confirmationId: string, options = {}): Promise<PrintJob> {
      const { instructionId } = confirmed
      return submit({
        locationId: demoLocationId,
        instructionId,
        confirmationId,
        printTarget: 'LASER',
        options,
      })
    }

    async function reprint(job: PrintJob): Promise<PrintJob> {
      const copy = await submit({ locationId: demoLocationId, instructionId: job.instructionId })
      await db.raw('update print_jobs set confirmation_id = ?, reprint_of = ? where job_id = ?', [
        job.confirmationId,
        job.jobId,
        copy.jobId,
      ])
      return copy
    }

    it('finds the newest job of each confirmation, counts its copies and refuses a second original', async () => {
      const [first = '', second = ''] = confirmed.confirmationIds
      const original = await submitConfirmed(first, { copies: 3 })
      const other = await submitConfirmed(second, { copies: 2 })
      expect(String(await rejection(submitConfirmed(first)))).to.include('print_jobs_confirmation_id_key')
      await reprint(original)
      const newest = await reprint(original)

      const found = await jobs.jobsOfConfirmations(db, [first, second, '999999'])
      expect([...found].map(([id, { jobId }]) => [id, jobId])).to.deep.equal([
        [first, newest.jobId],
        [second, other.jobId],
      ])
      expect(found.get(first)).to.include({
        reprintOf: original.jobId,
        instructionId: confirmed.instructionId,
      })
      expect(await jobs.jobsOfConfirmations(db, [])).to.have.property('size', 0)

      const copies = async () => [...(await jobs.copiesPrinted(db, [confirmed.instructionId, 999_999]))]
      expect(await copies()).to.deep.equal([])
      await complete(db, [original, other, newest])
      expect(await copies()).to.deep.equal([[confirmed.instructionId, 6]])
      expect(await jobs.copiesPrinted(db, [])).to.have.property('size', 0)
    })
  })
})

/** One instruction of the demo order, confirmed for two packages. */
async function confirmTwice(db: Knex): Promise<{ instructionId: number; confirmationIds: string[] }> {
  const { rows } = await db.raw<{ rows: { instruction_id: string; confirmation_id: string }[] }>(`
    with instruction as (
      insert into instructions (order_id, presentation, is_print_target_inferred, created_by)
      select order_id, 'once_per_package', false, 'usr_1' from orders where unique_id = '100000309'
      returning instruction_id
    ), revision as (
      insert into instruction_revisions (instruction_id, revision, note, created_by)
      select instruction_id, 1, 'note', 'usr_1' from instruction
    )
    insert into confirmations (instruction_id, occurrence, revision, package_id, user_id, confirmed_by)
    select instruction_id, 'package:' || package_id, 1, package_id, user_id, username
    from instruction, packages, users where packages.shipment_id = '100000020' and users.username = 'packer'
    returning instruction_id, confirmation_id`)
  const confirmationIds = rows.map((row) => row.confirmation_id)
  return { instructionId: Number(rows[0]?.instruction_id), confirmationIds }
}

async function complete(db: Knex, done: readonly PrintJob[]): Promise<void> {
  await db.raw(`update print_jobs set status = 'completed' where job_id = any(?)`, [
    done.map(({ jobId }) => jobId),
  ])
}

/** Until a connection of this database waits for another's row; fails if none does. */
async function untilBlocked(db: Knex): Promise<void> {
  const deadline = Date.now() + 10_000
  while (Date.now() < deadline) {
    const { rows } = await db.raw<{ rows: unknown[] }>(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (rows.length > 0) return
  }
  throw new Error('nobody waits for a lock')
}
