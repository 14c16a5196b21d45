import { expect } from 'chai'
import { cloneDatabase } from '../helpers/database.ts'
import { type DatabaseLine, startDatabaseLine } from '../helpers/database-line.ts'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { createStepGate } from '../helpers/step-gate.ts'
import { aKey, aStation, createJob } from './station-client-fixtures.ts'

describe('a dispatcher whose database did what it asked and could not say so', function () {
  this.timeout(60_000)
  const gate = createStepGate()
  let line: DatabaseLine
  let server: TestServer
  let sink: SocketSink

  before(async () => {
    const database = await cloneDatabase()
    line = await startDatabaseLine(database.url)
    sink = await startSocketSink()
    server = await startServer({
      database,
      env: { DATABASE_URL: line.url, PRINTER_PORTS: '1-65535' },
      checkpoint: gate.checkpoint,
    })
  })
  after(async () => {
    await server.stop()
    await sink.close()
    await line.close()
  })

  it('prints the job that was claimed with the outcome of the one before, once', async () => {
    const connection = { type: 'socket', host: sink.host, port: sink.port, language: 'pdf' } as const
    const { stationId } = await aStation(server, [{ name: 'p', connection }])
    const create = () => createJob(server, { stationId })
    const jobIds: string[] = []
    let lost: Promise<void> | undefined
    const first = await gate.at('delivered', create, async () => {
      jobIds.push((await create()).jobId, (await create()).jobId)
      lost = line.loseAnswerTo('bytes accepted; ')
    })
    await lost
    for (const jobId of [first.jobId, ...jobIds]) {
      await eventually(
        `${jobId} is printed`,
        async () => {
          const { status } = await server.services.jobLookup.getJob(aKey(), jobId)
          return status === 'completed' ? true : undefined
        },
        20_000,
      )
    }
    const { rows } = await server.db.raw(
      `select array_agg(outcome order by attempt) as outcomes from print_attempts
       join print_jobs using (job_id) group by job_id, queue_position order by queue_position`,
    )
    expect(rows.map(({ outcomes }: { outcomes: string[] }) => outcomes)).to.deep.equal([
      ['sent'],
      // Claimed by a statement whose answer was lost, and not begun.
      ['not_sent', 'sent'],
      ['sent'],
    ])
    expect(sink.perConnection.map(({ length }) => length)).to.deep.equal(
      Array(3).fill(sink.perConnection[0]?.length),
    )
  })
})

describe('a station client that was given a job by a commit whose answer was lost', function () {
  this.timeout(60_000)

  it('gets it when it asks again, and nobody says that it may have printed', async () => {
    const database = await cloneDatabase()
    const line = await startDatabaseLine(database.url)
    const server = await startServer({ database, env: { DATABASE_URL: line.url } })
    const rest = createRestClient(server.url, server.credentials.admin.api_key)
    const { stationId } = await aStation(server)
    const { jobId } = await createJob(server, { stationId })
    const next = (waitS: number) => rest.get(`/v1/cloud-printing/stations/${stationId}/next?wait=${waitS}`)

    const lost = line.loseCommitOf('fetched by ')
    expect((await next(0)).status).to.equal(503)
    await lost
    const { json } = await next(20)
    expect(json.data?.id).to.equal(jobId)
    const attempts = (await rest.get(`/v1/cloud-printing/jobs/${jobId}/attempts`)).json.data
    expect(attempts.map(({ outcome }: { outcome: string | null }) => outcome)).to.deep.equal([
      'not_sent',
      null,
    ])
    await server.stop()
    await line.close()
  })
})
