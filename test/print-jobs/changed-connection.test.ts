import { expect } from 'chai'
import type { PrintJob } from '../../lib/print-jobs/print-job.ts'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { startServerProcess } from '../helpers/server-process.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { createStepGate } from '../helpers/step-gate.ts'
import { aStation, createJob } from './station-client-fixtures.ts'

const BASE = '/v1/cloud-printing'

/** The server can't reach a printer, so somebody starts a client beside it: at any moment of the server's own tries. */
describe('a printer that is given to a station client while the server has a job for it', function () {
  this.timeout(60_000)
  const gate = createStepGate()
  let server: TestServer
  let sink: SocketSink
  let rest: RestClient

  beforeEach(async () => {
    sink = await startSocketSink()
    server = await startServer({
      env: { PRINTER_PORTS: '1-65535' },
      checkpoint: gate.checkpoint,
      printingTiming: { pollMs: 200, retryMinMs: 50, retryMaxMs: 100 },
    })
    rest = createRestClient(server.url, server.credentials.admin.api_key)
  })
  afterEach(async () => {
    await server.stop()
    await sink.close()
  })

  const socket = () => ({ type: 'socket', host: sink.host, port: sink.port, language: 'pdf' }) as const
  const connect = async (stationId: string, connection: object) => {
    const body = { printers: [{ name: 'p', connection }] }
    expect((await rest.post(`${BASE}/stations/${stationId}`, body)).status).to.equal(200)
  }
  const next = async (stationId: string, wait = 0) =>
    (await rest.get(`${BASE}/stations/${stationId}/next?wait=${wait}`)).json.data
  const report = (jobId: string, status: string) => rest.post(`${BASE}/jobs/${jobId}`, { status })
  const jobOf = async (jobId: string) => (await rest.get(`${BASE}/jobs/${jobId}`)).json.data
  const linesOf = async (jobId: string) =>
    (await rest.get(`${BASE}/jobs/${jobId}/attempts`)).json.data.map(
      (line: { outcome: string; detail: string }) => [line.outcome, line.detail],
    )

  it('gives the client the job when the try has ended, and then to nobody else', async () => {
    const { stationId } = await aStation(server, [{ name: 'p', connection: socket() }])
    const { jobId } = await gate.at(
      'reached',
      () => createJob(server, { stationId }),
      async () => {
        await connect(stationId, { type: 'station' })
        expect(await next(stationId), 'while the server may still send it').to.equal(null)
      },
    )
    await eventually('the server has printed it', async () =>
      (await jobOf(jobId)).status === 'completed' ? true : undefined,
    )
    expect(await next(stationId)).to.equal(null)

    await connect(stationId, socket())
    const again = await gate.at(
      'claimed',
      () => createJob(server, { stationId }),
      async () => {
        await connect(stationId, { type: 'station' })
        expect(await next(stationId), 'while the server may still send it').to.equal(null)
      },
    )
    const claimed = await next(stationId, 20)
    expect(claimed).to.include({ id: again.jobId, status: 'processing' })
    expect(await next(stationId), 'the client prints it').to.equal(null)
    expect((await report(again.jobId, 'completed')).status).to.equal(200)
    expect(await jobOf(again.jobId)).to.include({ status: 'completed' })
  })

  it('tries the printer itself no more, and blames no job for that', async () => {
    await sink.close()
    const { stationId } = await aStation(server, [{ name: 'p', connection: socket() }])
    const { jobId } = await createJob(server, { stationId })
    await eventually('the printer was tried', async () =>
      (await jobOf(jobId)).state_reasons.length > 0 ? true : undefined,
    )
    const shown = async () => (await rest.get(`${BASE}/printers?print_station_id=${stationId}`)).json.data[0]
    await eventually('it is found offline', async () =>
      (await shown()).status === 'offline' ? true : undefined,
    )
    await connect(stationId, { type: 'station' })
    expect(await shown()).to.deep.include({ status: 'online', state_reasons: [] })
    expect((await next(stationId, 20)).id).to.equal(jobId)
    for (const [outcome, detail] of await linesOf(jobId)) {
      expect([outcome, detail]).to.not.include('the server failed before sending')
    }
  })

  it('settles what a process that died had in hand there', async () => {
    const { stationId } = await aStation(server, [{ name: 'p', connection: socket() }])
    await server.pause()
    const child = await startServerProcess(server.env, 'delivered')
    const there = createRestClient(child.baseUrl, server.credentials.admin.api_key)
    const pdf = await makePdf({ text: 'in doubt' })
    const made = there.post(`${BASE}/jobs`, {
      location_id: server.credentials.location_id,
      print_station_id: stationId,
      data: `data:application/pdf;base64,${pdf.toString('base64')}`,
    })
    await made.catch(() => undefined)
    expect(await child.ended).to.equal('SIGKILL')
    await server.db.raw(`update printers set connection = '{"type": "station"}' where station_id = ?`, [
      stationId,
    ])
    await server.resume()
    const job = await eventually('the job ends', async () => {
      const { rows } = await server.db.raw(`select status, reason from print_jobs where status = 'failed'`)
      return rows[0] as Pick<PrintJob, 'status' | 'reason'> | undefined
    })
    expect(job.reason).to.match(/^outcome-unknown: .*may have printed/)
  })

  it('believes its client of a job that it had before the server got the printer back', async () => {
    const { stationId } = await aStation(server, [{ name: 'p' }])
    const { jobId } = await createJob(server, { stationId })
    expect((await next(stationId)).id).to.equal(jobId)
    await connect(stationId, socket())
    const renewed = await report(jobId, 'processing')
    expect([renewed.status, renewed.json.events]).to.deep.equal([200, []])
    expect((await report(jobId, 'completed')).status).to.equal(200)
    expect(await jobOf(jobId)).to.include({ status: 'completed', reason: null })
    expect((await linesOf(jobId)).map(([outcome]: [string]) => outcome)).to.deep.equal(['confirmed'])
    expect(sink.received).to.have.length(0)
  })
})
