import { expect } from 'chai'
import { cloneDatabase } from '../helpers/database.ts'
import { type DatabaseLine, startDatabaseLine } from '../helpers/database-line.ts'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { startServerProcess } from '../helpers/server-process.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { aKey, aStation, createJob } from '../print-jobs/station-client-fixtures.ts'

/** The fewest that a server takes. */
const CONNECTIONS = 10
/** 35 s without an answer, and what a busy machine adds. */
const GIVEN_UP_WITHIN_MS = 60_000
/** A question every 5 s, 10 s for its answer, and what a busy machine adds. */
const NOTICED_WITHIN_MS = 40_000
/** 10 s, and what a busy machine adds: less than the 30 s that a statement may wait for a lock. */
const LET_GO_WITHIN_MS = 25_000

/** docs/scaling.md, "Connections that are dropped without a word". */
describe('a server whose connections to its database are dropped, and nobody is told', function () {
  this.timeout(150_000)
  let line: DatabaseLine
  let server: TestServer
  let rest: RestClient
  let sink: SocketSink
  let stationId: string

  beforeEach(async () => {
    const database = await cloneDatabase()
    line = await startDatabaseLine(database.url)
    sink = await startSocketSink()
    server = await startServer({
      database,
      env: { DATABASE_URL: line.url, DATABASE_POOL_MAX: String(CONNECTIONS), PRINTER_PORTS: '1-65535' },
    })
    rest = createRestClient(server.url, server.credentials.admin.api_key)
    const connection = { type: 'socket', host: sink.host, port: sink.port, language: 'pdf' } as const
    stationId = (await aStation(server, [{ name: 'p', connection }])).stationId
  })
  afterEach(async () => {
    await line.close()
    await server.stop()
    await sink.close()
  })

  const isReady = async () => ((await fetch(`${server.url}/readyz`)).status === 200 ? true : undefined)
  /** As many as the pool has, so that it has no other connections than those that are dropped. */
  const askAtOnce = () =>
    Promise.all(Array.from({ length: CONNECTIONS * 3 }, async () => (await rest.get('/v1/users')).status))
  const completed = (jobId: string) =>
    eventually('the job is printed', async () => {
      const { status } = await server.services.jobLookup.getJob(aKey(), jobId)
      return status === 'completed' ? true : undefined
    })
  /** The backend by whose lock the others see that the process lives. */
  async function listener(): Promise<number | undefined> {
    const { rows } = await server.db.raw(
      `select pid from pg_locks where locktype = 'advisory' and objsubid = 2 and granted and classid = 7225002
         and database = (select oid from pg_database where datname = current_database())`,
    )
    expect(rows.length).to.be.below(2)
    return rows[0]?.pid
  }

  it('answers those who ask, goes on over new ones and prints what it is given', async () => {
    expect(new Set(await askAtOnce())).to.deep.equal(new Set([200]))
    line.drop()
    for (const status of await askAtOnce()) expect(status).to.be.oneOf([200, 503])
    await eventually('it is ready', isReady, GIVEN_UP_WITHIN_MS)
    expect(new Set(await askAtOnce())).to.deep.equal(new Set([200]))
    await completed((await createJob(server, { stationId })).jobId)
    expect(sink.connections).to.equal(1)
  })

  it('is seen by the others over another one, though PostgreSQL still holds the one of before', async () => {
    const before = await listener()
    line.drop()
    const after = await eventually(
      'another one has its lock',
      async () => {
        const pid = await listener()
        return pid === before ? undefined : pid
      },
      NOTICED_WITHIN_MS,
    )
    expect(after).to.be.a('number')
    await eventually('it is ready', isReady, GIVEN_UP_WITHIN_MS)
  })
})

describe('a server process that is cut off in the midst of a transaction', function () {
  this.timeout(90_000)

  it('keeps the others from what it has locked for 10 s', async () => {
    const database = await cloneDatabase()
    const line = await startDatabaseLine(database.url)
    const server = await startServer({ database, env: { DATABASE_URL: line.url } })
    const other = await startServerProcess({ ...server.env, DATABASE_URL: database.url })
    const { stationId } = await aStation(server)
    const { jobId } = await createJob(server, { stationId })
    const nextAt = (url: string) =>
      createRestClient(url, server.credentials.admin.api_key).get(
        `/v1/cloud-printing/stations/${stationId}/next?wait=0`,
      )

    const held = line.holdAnswerTo('fetched by ')
    const cutOff = nextAt(server.url)
    const pass = await held
    const startedAt = performance.now()
    const { json } = await nextAt(other.baseUrl)
    expect(json.data?.id).to.equal(jobId)
    expect(performance.now() - startedAt).to.be.within(5_000, LET_GO_WITHIN_MS)
    pass()
    expect((await cutOff).status).to.equal(503)
    other.kill('SIGKILL')
    await server.stop()
    await line.close()
  })
})
