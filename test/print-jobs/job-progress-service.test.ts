import { expect } from 'chai'
import type { PrintAttempt } from '../../lib/print-jobs/attempt.ts'
import type { JobReport } from '../../lib/print-jobs/job-report.ts'
import type { PrintJob } from '../../lib/print-jobs/print-job.ts'
import { eventually } from '../helpers/eventually.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { aCaller, aLocation, eventsOf, rejection } from '../printers/printing-fixtures.ts'
import { aKey, aStation, createJob, lapse } from './station-client-fixtures.ts'

describe('job progress service', () => {
  let server: TestServer
  let stationId: string

  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())
  beforeEach(async () => {
    stationId = (await aStation(server)).stationId
  })

  const client = aKey()
  const queue = (more = {}) => createJob(server, { stationId, ...more })
  const report = async (job: PrintJob, status: JobReport['status'], reason: string | null = null) =>
    server.services.jobProgress.updateJob(client, job.jobId, { status, reason })
  const claim = () => server.services.jobProgress.claimNext(client, stationId)
  const get = (job: PrintJob) => server.services.jobLookup.getJob(client, job.jobId)
  const ledger = (job: PrintJob) => server.services.jobLookup.attempts(client, job.jobId)
  const eventTypes = async (job: PrintJob) =>
    (await eventsOf(server.db, job.jobId)).map(({ type }) => type.replace('cloud_printing.job.', ''))
  const outcomes = (lines: readonly PrintAttempt[]) => lines.map(({ outcome }) => outcome)
  const untilFailed = (job: PrintJob) =>
    eventually('the lapse of a claim', async () => {
      const now = await get(job)
      return now.status === 'failed' ? now : undefined
    })

  describe('updateJob', () => {
    it('takes a job from queued over processing to completed, with an event and a line in the ledger', async () => {
      const job = await queue()
      const processing = await report(job, 'processing')
      expect(processing).to.include({ isChanged: true })
      expect(processing.job).to.include({ status: 'processing', updatedBy: client.id, reason: null })
      const leaseMs = (processing.job.claim?.expiresAt.getTime() ?? 0) - Date.now()
      expect(leaseMs).to.be.closeTo(3_600_000, 10_000)
      expect(outcomes(await ledger(job))).to.deep.equal([null])

      const completed = await report(job, 'completed')
      expect(completed.job).to.include({ status: 'completed', claim: null })
      expect(completed.job.updatedAt.getTime()).to.be.above(processing.job.updatedAt.getTime())
      const [line, ...more] = await ledger(job)
      expect(more).to.have.length(0)
      expect(line).to.include({ attempt: 1, outcome: 'confirmed', bytesWritten: line?.bytesOffered })
      expect(line?.endedAt).to.be.instanceOf(Date)
      expect(await eventTypes(job)).to.deep.equal(['created', 'processing', 'completed'])
    })

    it('tells every member of the job in its events, as the job is after the change', async () => {
      const job = await queue()
      await server.db.raw(
        `update print_jobs set pages_to_print = '{1,"2-3"}', warnings = '{"a \u00a0\\\\ \\"warning\\""}', total_pages = 3, scaling = 0.1,
           reprint_reason = E'line\\nbreak \u{1f3f7}', resource_type = 'shipment', resource_id = '7',
           created_at = '0999-12-31T23:59:59.0009Z' where job_id = ?`,
        [job.jobId],
      )
      const told = async () => (await eventsOf(server.db, job.jobId)).at(-1)?.data
      const processing = await report(job, 'processing')
      expect(processing.job.claim).to.have.property('expiresAt')
      expect(await told()).to.deep.equal(JSON.parse(JSON.stringify(processing.job)))
      const failed = await report(job, 'failed', 'out of "labels"\t')
      expect(await told()).to.deep.equal(JSON.parse(JSON.stringify(failed.job)))
    })

    it('keeps the reason of a failure as given, and says in the ledger that nothing was printed', async () => {
      const [queued, processing] = [await queue(), await queue()]
      await report(processing, 'processing')
      for (const job of [queued, processing]) {
        expect((await report(job, 'failed', ' Printer out of paper ')).job).to.include({
          status: 'failed',
          reason: ' Printer out of paper ',
        })
        expect(outcomes(await ledger(job))).to.deep.equal(['not_sent'])
      }
    })

    it('cancels a queued job, and tells who did if no reason is given', async () => {
      const [one, other] = [await queue(), await queue()]
      expect((await report(one, 'canceled', 'no longer needed')).job.reason).to.equal('no longer needed')
      expect((await report(other, 'canceled')).job.reason).to.equal(
        'job-canceled-by-user: canceled by Client',
      )
    })

    it('changes nothing but the lease when a report is repeated', async () => {
      const job = await queue()
      await report(job, 'processing')
      await server.db.raw(
        `update print_jobs set claim_expires_at = now() + interval '1 minute' where job_id = ?`,
        [job.jobId],
      )
      const before = await get(job)
      const again = await report(job, 'processing')
      expect(again.isChanged).to.equal(false)
      expect({ ...again.job, claim: null }).to.deep.equal({ ...before, claim: null })
      expect((again.job.claim?.expiresAt.getTime() ?? 0) - Date.now()).to.be.above(3_500_000)
      expect(await eventTypes(job)).to.deep.equal(['created', 'processing'])
    })

    it('refuses what the table refuses and changes nothing', async () => {
      const job = await queue()
      const before = await get(job)
      expect(await rejection(report(job, 'completed'))).to.deep.include({ code: 'conflict' })
      expect(await get(job)).to.deep.equal(before)
      await report(job, 'processing')
      for (const status of ['queued', 'canceled'] as const) {
        expect(await rejection(report(job, status))).to.have.nested.property(
          'details.reason',
          'invalid_status_transition',
        )
      }
    })

    it('lets one of two contradicting reports come first and judges the other after it', async () => {
      for (let round = 0; round < 10; round += 1) {
        const job = await queue()
        const results = await Promise.allSettled([report(job, 'canceled'), report(job, 'processing')])
        expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(1)
        expect(await eventTypes(job)).to.have.length(2)
      }
    })

    it('leaves printers that Packhouse drives to Packhouse, but for cancelling what is queued', async () => {
      const { stationId: ours } = await aStation(server, [{ name: 'v', connection: { type: 'virtual' } }])
      await server.db.raw('update printers set is_paused = true where station_id = ?', [ours])
      const job = await createJob(server, { stationId: ours })
      for (const status of ['processing', 'failed', 'completed'] as const) {
        expect(await rejection(report(job, status, 'some reason'))).to.include({ code: 'conflict' })
      }
      expect((await report(job, 'canceled')).job.status).to.equal('canceled')
    })

    it("lets merchants cancel their own jobs, and shows no other's", async () => {
      const merchant = aCaller({ role: 'merchant', merchantId: 'mrch_none' })
      const job = await queue()
      const update = (status: JobReport['status']) =>
        server.services.jobProgress.updateJob(merchant, job.jobId, { status, reason: null })
      expect(await rejection(update('processing'))).to.include({ code: 'forbidden' })
      expect(await rejection(update('canceled'))).to.include({ code: 'not_found' })
    })

    it('keeps a key out of the jobs of other locations', async () => {
      const job = await queue()
      const limited = aKey({ locationId: await aLocation(server.db) })
      const update = server.services.jobProgress.updateJob(limited, job.jobId, {
        status: 'canceled',
        reason: null,
      })
      expect(await rejection(update)).to.deep.include({ code: 'forbidden' })
      expect((await get(job)).status).to.equal('queued')
    })
  })

  describe('claims', () => {
    it('gives the oldest job of a free printer for 120 s, and renews by as much', async () => {
      const [first] = [await queue(), await queue()]
      const claimed = await claim()
      expect(claimed).to.include({ jobId: first.jobId, status: 'processing', updatedBy: client.id })
      expect((claimed?.claim?.expiresAt.getTime() ?? 0) - Date.now()).to.be.closeTo(120_000, 5_000)
      expect(await claim()).to.equal(null)
      await server.db.raw(
        `update print_jobs set claim_expires_at = now() + interval '1 s' where job_id = ?`,
        [first.jobId],
      )
      const renewed = await report(first, 'processing')
      expect((renewed.job.claim?.expiresAt.getTime() ?? 0) - Date.now()).to.be.closeTo(120_000, 5_000)
      await report(first, 'completed')
      expect(await claim()).to.include({ status: 'processing' })
    })

    it('gives each job to one of fifty callers at once', async () => {
      const printers = Array.from({ length: 50 }, (_, index) => ({ name: `p${index}` }))
      stationId = (await aStation(server, printers)).stationId
      const jobs: PrintJob[] = []
      for (let count = 0; count < 25; count += 1) jobs.push(await queue())
      const claimed = await Promise.all(Array.from({ length: 50 }, claim))
      const ids = claimed.flatMap((job) => job?.jobId ?? [])
      expect(ids).to.have.members(jobs.map(({ jobId }) => jobId))
      expect(claimed.filter((job) => job === null)).to.have.length(25)
    }).timeout(60_000)

    it('gives one job per printer, whatever the number of callers', async () => {
      for (let count = 0; count < 5; count += 1) await queue()
      const claimed = await Promise.all(Array.from({ length: 20 }, claim))
      expect(claimed.filter((job) => job !== null)).to.have.length(1)
    })

    for (const [state, sql] of [
      ['paused', 'is_paused = true'],
      ['offline', `status = 'offline'`],
      ['in error', `status = 'error'`],
    ]) {
      it(`gives no job of a printer that is ${state}`, async () => {
        await queue()
        await server.db.raw(`update printers set ${sql} where station_id = ?`, [stationId])
        expect(await claim()).to.equal(null)
      })
    }

    it('gives a job of a busy or offline printer to its twin where the station pools', async () => {
      const twins = [
        { name: 'a', model: 'M' },
        { name: 'b', model: 'M' },
        { name: 'c', model: 'other' },
      ]
      const pooled = await aStation(server, twins, { isPoolingEnabled: true })
      stationId = pooled.stationId
      for (let count = 0; count < 3; count += 1) await queue({ printerName: 'a' })
      expect((await claim())?.printer.name).to.equal('a')
      expect((await claim())?.printer.name).to.equal('b')
      expect(await claim()).to.equal(null)
    })

    it('is narrowed to one printer', async () => {
      const station = await aStation(server, [{ name: 'a' }, { name: 'b' }])
      stationId = station.stationId
      await queue({ printerName: 'a' })
      const job = await queue({ printerName: 'b' })
      const printerId = station.printers[1]?.printerId ?? ''
      const claimed = await server.services.jobProgress.claimNext(client, stationId, { printerId })
      expect(claimed?.jobId).to.equal(job.jobId)
    })

    it('is refused at a station that is closed to the caller, unknown, or of another location', async () => {
      const closed = await aStation(server, [{ name: 'a' }], { allowAllUsers: false })
      const next = (caller = client, id = closed.stationId) =>
        server.services.jobProgress.claimNext(caller, id)
      expect(await rejection(next())).to.have.nested.property('details.reason', 'unauthorized')
      expect(await rejection(next(client, 'prnt_stn_none'))).to.include({ code: 'not_found' })
      const limited = aKey({ locationId: await aLocation(server.db) })
      expect(await rejection(next(limited, stationId))).to.have.nested.property('details.reason', 'location')
    })

    it('that lapse fail the job, since the paper may be out', async () => {
      const job = await queue()
      await claim()
      await lapse(server, job.jobId)
      const failed = await untilFailed(job)
      expect(failed.reason).to.match(/^claim-timeout: key_client had it since .+: it may have printed$/)
      expect(failed).to.deep.include({ claim: null, updatedBy: client.id })
      expect(outcomes(await ledger(job))).to.deep.equal(['unknown'])
      expect(await eventTypes(job)).to.deep.equal(['created', 'processing', 'failed'])
    })

    it('that lapsed may be completed once, late', async () => {
      const job = await queue()
      await claim()
      await lapse(server, job.jobId)
      await untilFailed(job)
      expect((await report(job, 'failed', 'a second thought')).isChanged).to.equal(false)
      expect((await report(job, 'completed')).job).to.include({ status: 'completed', reason: null })
      expect((await report(job, 'completed')).isChanged).to.equal(false)
      expect(outcomes(await ledger(job))).to.deep.equal(['unknown', 'confirmed'])
    })

    it('leave a line in the ledger when a report comes too late to be believed', async () => {
      const job = await queue()
      await report(job, 'failed', 'claim-timeout: as the client puts it')
      expect(await rejection(report(job, 'completed'))).to.include({ code: 'conflict' })
      const lines = await ledger(job)
      expect(outcomes(lines)).to.deep.equal(['not_sent', 'confirmed'])
      expect(lines[1]?.detail).to.match(/^late report of key_client/)
      expect((await get(job)).status).to.equal('failed')
    })
  })
})
