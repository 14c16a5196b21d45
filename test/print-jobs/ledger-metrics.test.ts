import { expect } from 'chai'
import type { PrintJob } from '../../lib/print-jobs/print-job.ts'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { scrape } from '../helpers/metrics.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { createStepGate } from '../helpers/step-gate.ts'
import { aKey, aStation, createJob, lapse } from './station-client-fixtures.ts'

interface LogLine {
  readonly level: number
  readonly msg: string
  readonly jobId?: string
  readonly printerId?: string
  readonly outcome?: string
  readonly ledger?: string
  readonly traceId?: string
}

const WARN = 40

describe('the ledger in metrics and in the log', function () {
  this.timeout(60_000)
  const gate = createStepGate()
  let server: TestServer
  let sink: SocketSink
  let rest: RestClient
  let log: LogLine[]

  beforeEach(async () => {
    log = []
    sink = await startSocketSink()
    server = await startServer({
      env: { PRINTER_PORTS: '1-65535', LOG_LEVEL: 'info' },
      checkpoint: gate.checkpoint,
      printingTiming: { leaseTtlMs: 3_000, pollMs: 200 },
      onLog: (line) => log.push(JSON.parse(line) as LogLine),
    })
    rest = createRestClient(server.url, server.credentials.admin.api_key)
  })
  afterEach(async () => {
    await server.stop()
    await sink.close()
  })

  async function aPrinter(): Promise<{ readonly stationId: string; readonly printerId: string }> {
    const connection = { type: 'socket', host: sink.host, port: sink.port, language: 'pdf' } as const
    const { stationId, printers } = await aStation(server, [{ name: 'p', connection }])
    return { stationId, printerId: printers[0]?.printerId ?? '' }
  }

  /** Lines that have been closed, by outcome. */
  async function ledger(): Promise<Readonly<Record<string, number>>> {
    const { rows } = await server.db.raw(
      'select outcome, count(*)::integer from print_attempts where outcome is not null group by outcome',
    )
    return Object.fromEntries(rows.map((row: { outcome: string; count: number }) => [row.outcome, row.count]))
  }

  /** The metric says what the ledger says, and that is: */
  async function isCounted(expected: Readonly<Record<string, number>>): Promise<void> {
    expect(await ledger()).to.deep.equal(expected)
    const none = { not_sent: 0, sent: 0, confirmed: 0, unknown: 0 }
    const want = Object.entries({ ...none, ...expected }).map(([outcome, count]) => [
      `outcome="${outcome}"`,
      count,
    ])
    // A line is counted once it is committed.
    await eventually(`${JSON.stringify(expected)} is counted`, async () => {
      const found = (await scrape(server.url)).series('packhouse_print_attempts_total')
      return want.every(([series, count]) => found[String(series)] === count) ? true : undefined
    })
  }

  const job = (jobId: string): Promise<PrintJob> => server.services.jobLookup.getJob(aKey(), jobId)
  const becomes = (jobId: string, status: PrintJob['status']) =>
    eventually(`${jobId} is ${status}`, async () => ((await job(jobId)).status === status ? true : undefined))
  const warnings = (jobId: string) => log.filter((line) => line.level >= WARN && line.jobId === jobId)
  const report = (jobId: string, body: object) => rest.post(`/v1/cloud-printing/jobs/${jobId}`, body)
  const next = async (stationId: string): Promise<string> => {
    const { json } = await rest.get(`/v1/cloud-printing/stations/${stationId}/next?wait=0`)
    return json.data.id
  }

  it('count what station clients report, what is reported too late, and what a person says', async () => {
    const { stationId } = await aStation(server, [{ name: 'a' }])
    const jobs = [1, 2, 3].map(() => createJob(server, { stationId }))
    await Promise.all(jobs)
    await report(await next(stationId), { status: 'completed' })
    await isCounted({ confirmed: 1 })
    const failed = await next(stationId)
    await report(failed, { status: 'failed', reason: 'jammed' })
    expect((await report(failed, { status: 'completed' })).status, 'too late').to.equal(400)
    await isCounted({ confirmed: 2, not_sent: 1 })

    const silent = await next(stationId)
    await lapse(server, silent)
    await becomes(silent, 'failed')
    await isCounted({ confirmed: 2, not_sent: 1, unknown: 1 })
    expect(warnings(silent)).to.have.length(1)
    const [warning] = warnings(silent)
    expect(warning?.printerId).to.equal((await job(silent)).printer.printerId)
    await report(silent, { status: 'completed', reason: 'lay in the tray' })
    await report(silent, { status: 'completed', reason: 'once more' })
    await isCounted({ confirmed: 3, not_sent: 1, unknown: 1 })
  })

  it('tell of each attempt under the trace of the request that made its job, whoever has it in hand', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const make = async (stationId: string) => {
      const body = {
        location_id: server.credentials.location_id,
        print_station_id: stationId,
        data: `data:application/pdf;base64,${(await makePdf({ text: 'traced' })).toString('base64')}`,
      }
      const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` }
      return (await rest.post('/v1/cloud-printing/jobs', body, headers)).json.data.id as string
    }
    const told = (jobId: string) => log.filter((line) => line.jobId === jobId)
    const driven = await make((await aPrinter()).stationId)
    await becomes(driven, 'completed')
    const { stationId } = await aStation(server, [{ name: 'a' }])
    const [reported, silent] = [await make(stationId), await make(stationId)]
    expect(await next(stationId)).to.equal(reported)
    await report(reported, { status: 'completed' })
    expect(await next(stationId)).to.equal(silent)
    await lapse(server, silent)
    await becomes(silent, 'failed')
    await isCounted({ sent: 1, confirmed: 1, unknown: 1 })
    const lines = [driven, reported, silent].map((jobId) =>
      told(jobId).map(({ msg, outcome }) => [msg, outcome]),
    )
    expect(lines).to.deep.equal([
      [['delivered', 'sent']],
      [
        ['fetched', undefined],
        ['reported', 'confirmed'],
      ],
      [
        ['fetched', undefined],
        ['a station client fell silent and left a job', 'unknown'],
      ],
    ])
    for (const line of [driven, reported, silent].flatMap(told))
      expect(line.traceId, line.msg).to.equal(traceId)
  })

  it('count a claim that its caller never got', async () => {
    const { stationId } = await aStation(server, [{ name: 'a' }])
    const { jobId } = await createJob(server, { stationId })
    const claimed = await server.services.jobProgress.claimNext(aKey(), stationId)
    expect(claimed?.jobId).to.equal(jobId)
    await server.services.jobProgress.handBack(aKey(), jobId)
    await server.services.jobProgress.handBack(aKey(), jobId)
    await isCounted({ not_sent: 1 })
  })

  it('count an outcome of a job that was canceled on its way', async () => {
    const { stationId } = await aPrinter()
    const { jobId } = await gate.at(
      'delivered',
      () => createJob(server, { stationId }),
      async ({ jobId }) => {
        await server.db.raw(`update print_jobs set status = 'canceled' where job_id = ?`, [jobId])
      },
    )
    await eventually('the line is closed', async () => ((await ledger())['sent'] === 1 ? true : undefined))
    await isCounted({ sent: 1 })
    expect(warnings(jobId)).to.deep.equal([])
  })

  it('count what a process left when another takes its printer over, not what it says after, and warn of both', async () => {
    const { stationId, printerId } = await aPrinter()
    const { jobId } = await gate.at(
      'delivered',
      () => createJob(server, { stationId }),
      async () => {
        await server.db.raw('update print_attempts set fence = fence + 1 where printer_id = ?', [printerId])
        await server.db.raw('update printer_leases set fence = fence + 1 where printer_id = ?', [printerId])
      },
    )
    await becomes(jobId, 'failed')
    await isCounted({ unknown: 1 })
    const told = warnings(jobId).map(({ msg, outcome }) => [msg, outcome])
    expect(told).to.deep.equal([
      ['an outcome was refused by the ledger', 'sent'],
      ['a process ended, or was too slow, and left a job', 'unknown'],
    ])
    expect(warnings(jobId).map((line) => line.printerId)).to.deep.equal([printerId, printerId])
  })

  it('count an outcome once though the answer to its commit was lost', async () => {
    const { stationId } = await aPrinter()
    const first = await createJob(server, { stationId })
    await becomes(first.jobId, 'completed')
    const { jobId } = await gate.at(
      'delivered',
      () => createJob(server, { stationId }),
      async ({ jobId }) => {
        // As the first try leaves it, whose answer never came.
        await server.db.raw(
          `update print_attempts as line
           set ended_at = now(), outcome = before.outcome, detail = before.detail, bytes_written = before.bytes_written
           from print_attempts as before where before.job_id = ? and line.job_id = ?`,
          [first.jobId, jobId],
        )
        await server.db.raw(`update print_jobs set status = 'completed' where job_id = ?`, [jobId])
      },
    )
    await isCounted({ sent: 2 })
    expect(warnings(jobId)).to.deep.equal([])
  })

  it('do not count a line that was closed with words that only begin alike', async () => {
    const { stationId } = await aPrinter()
    const first = await createJob(server, { stationId })
    await becomes(first.jobId, 'completed')
    const { jobId } = await gate.at(
      'delivered',
      () => createJob(server, { stationId }),
      async ({ jobId }) => {
        await server.db.raw(
          `update print_attempts as line
           set ended_at = now(), outcome = before.outcome, detail = before.detail || ', somebody says'
           from print_attempts as before where before.job_id = ? and line.job_id = ?`,
          [first.jobId, jobId],
        )
        await server.db.raw(`update print_jobs set status = 'completed' where job_id = ?`, [jobId])
      },
    )
    await eventually('it is told', async () => (warnings(jobId).length > 0 ? true : undefined))
    expect(warnings(jobId).map(({ msg, ledger }) => [msg, ledger])).to.deep.equal([
      ['an outcome was refused by the ledger', 'sent'],
    ])
    const counted = (await scrape(server.url)).series('packhouse_print_attempts_total')
    expect(counted['outcome="sent"']).to.equal(1)
  })

  it('count the last failure of the server itself once though the answer to its commit was lost', async () => {
    const { stationId, printerId } = await aPrinter()
    await server.db.raw('update printers set is_paused = true where printer_id = ?', [printerId])
    const { jobId } = await createJob(server, { stationId })
    await server.db.raw(`update print_jobs set paper_size = 'of_another_registry' where job_id = ?`, [jobId])
    // Eight failures of which it has no line in the metric, and the ninth, whose line is written and whose answer is lost.
    await server.db.raw(
      `insert into print_attempts (job_id, attempt, printer_id, started_at, ended_at, outcome, detail)
       select ?, attempt, ?, now(), now(), 'not_sent', 'the server failed before sending' from generate_series(1, 8) as attempt`,
      [jobId, printerId],
    )
    await gate.at(
      'delivered',
      async () => {
        await server.db.raw('update printers set is_paused = false where printer_id = ?', [printerId])
        await server.db.raw(`select pg_notify('packhouse_jobs', ?::text)`, [printerId])
      },
      async () => {
        await server.db.raw(
          `update print_attempts set ended_at = now(), outcome = 'not_sent', detail = 'the server failed before sending'
           where job_id = ? and outcome is null`,
          [jobId],
        )
        await server.db.raw(
          `update print_jobs set status = 'canceled', state_reasons = '{}', reason = 'job-canceled-by-user: enough'
           where job_id = ?`,
          [jobId],
        )
      },
    )
    await eventually('the line is counted', async () => {
      const counted = (await scrape(server.url)).series('packhouse_print_attempts_total')
      return counted['outcome="not_sent"'] === 1 ? true : undefined
    })
    expect(warnings(jobId).map(({ msg }) => msg)).to.not.include('an outcome was refused by the ledger')
  })
})
