import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createDatabase } from '../../lib/db/database.ts'
import { refuseTransactionPooling } from '../../lib/db/pooling-check.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { eventually } from '../helpers/eventually.ts'
import { makePdf } from '../helpers/documents.ts'
import { addSocketPrinter } from '../helpers/print-floor.ts'
import { type PgBouncer, type PgBouncerOptions, startPgBouncer } from '../helpers/pgbouncer.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer } from '../helpers/server.ts'
import { startSocketSink } from '../helpers/socket-sink.ts'
import { packhouse } from '../helpers/packhouse-command.ts'

const POOLED = 'DATABASE_URL leads through a pooler that takes the connection away after each transaction'
const JOBS = '/v1/cloud-printing/jobs'

/** docs/scaling.md, "PgBouncer". */
describe('behind PgBouncer', () => {
  let database: TestDatabase
  let bouncer: PgBouncer | undefined
  let folder: string

  beforeEach(async () => {
    database = await cloneDatabase()
    folder = await mkdtemp(join(tmpdir(), 'packhouse-pooled-'))
    await chmod(folder, 0o755)
  })
  afterEach(async () => {
    await bouncer?.close()
    bouncer = undefined
    await database.drop()
    await rm(folder, { recursive: true, force: true })
  })

  async function start(context: Mocha.Context, options: PgBouncerOptions): Promise<string> {
    bouncer = await startPgBouncer(context, database.url, options)
    return bouncer.url
  }

  it('in transaction mode a server does not start, and says what to do', async function () {
    const DATABASE_URL = await start(this, { mode: 'transaction' })
    const env = { DATABASE_URL, DATA_DIR: folder, PORT: '0' }
    const { code, stdout, stderr } = await packhouse(['start'], env)
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' })
    expect(stderr).to.contain(POOLED).and.contain('set pool_mode = session')
    expect((await database.db('api_keys').count())[0], 'nothing was written').to.deep.equal({ count: '0' })
  })

  it('in transaction mode doctor finds it bad, and migrate does nothing', async function () {
    const env = { DATABASE_URL: await start(this, { mode: 'transaction' }), DATA_DIR: folder }
    const doctor = await packhouse(['doctor'], env)
    expect(doctor.stdout).to.contain(`BAD database: ${POOLED}`).and.contain('connect to PostgreSQL itself')
    expect(doctor.code).to.equal(1)
    const migrate = await packhouse(['migrate'], env)
    expect({ code: migrate.code, stdout: migrate.stdout }).to.deep.equal({ code: 3, stdout: '' })
    expect(migrate.stderr).to.contain(POOLED)
  })

  const POOLS: readonly [string, PgBouncerOptions][] = [
    [
      'takes the connection first that was given back last',
      { mode: 'transaction', settings: ['server_round_robin = 0'] },
    ],
    ['takes connections in turn', { mode: 'transaction', settings: ['server_round_robin = 1'] }],
    ['has one connection', { mode: 'transaction', settings: ['default_pool_size = 1'] }],
    ['has many free connections', { mode: 'transaction', settings: ['min_pool_size = 8'] }],
    ['is in statement mode', { mode: 'statement' }],
  ]
  for (const [which, options] of POOLS) {
    it(`is noticed where it ${which}, each of twenty times, while others use it`, async function () {
      const connectionString = await start(this, options)
      const others = createDatabase({ connectionString })
      let isOver = false
      const use = async (): Promise<void> => {
        while (!isOver) await others.raw('select 1')
      }
      const using = Promise.all([use(), use(), use()])
      try {
        for (let time = 0; time < 20; time += 1) {
          const noticed = await refuseTransactionPooling({ connectionString }).catch(
            (error: Error) => error.name,
          )
          expect(noticed).to.equal('PoolingError')
        }
      } finally {
        isOver = true
        await using
        await others.destroy()
      }
    })
  }

  it('in session mode with no connection left says that it does not answer', async function () {
    this.timeout(60_000)
    const settings = ['default_pool_size = 1']
    const env = { DATABASE_URL: await start(this, { mode: 'session', settings }), DATA_DIR: folder }
    const { code, stderr } = await packhouse(['migrate'], env)
    expect(code).to.equal(3)
    expect(stderr).to.contain('the database does not answer').and.contain('a pooler between has to give')
  })

  it('in session mode a server works: calls, paper, events and the limits of statements', async function () {
    const url = await start(this, { mode: 'session' })
    // It goes after each test.
    const pooled = { ...database, url, drop: () => Promise.resolve() }
    const server = await startServer({ database: pooled, env: { PRINTER_PORTS: '1-65535' } })
    const sink = await startSocketSink()
    try {
      await addSocketPrinter(server, sink)
      const rest = createRestClient(server.url, server.credentials.admin.api_key)
      const pdf = await makePdf({ text: 'through a pooler' })
      const { json } = await rest.post(JOBS, {
        location_id: server.credentials.location_id,
        printer_name: 'Floor laser',
        data: `data:application/pdf;base64,${pdf.toString('base64')}`,
      })
      await eventually('it is printed', async () => {
        const job = (await rest.get(`${JOBS}/${json.data.id}`)).json.data
        return job.status === 'completed' ? job : undefined
      })
      expect(sink.received.length).to.equal(pdf.length)
      expect((await fetch(`${server.url}/readyz`)).status).to.equal(200)
      const db = createDatabase({ connectionString: url })
      const { rows } = await db.raw(
        `select current_setting('statement_timeout') as statement,
                current_setting('idle_in_transaction_session_timeout') as idle`,
      )
      await db.destroy()
      expect(rows).to.deep.equal([{ statement: '30s', idle: '10s' }])
      const { code, stdout } = await packhouse(['doctor'], { DATABASE_URL: url, DATA_DIR: folder })
      expect(stdout).to.match(/^ok {2}database: /m)
      expect(code).to.equal(0)
    } finally {
      await server.stop()
      await sink.close()
    }
  })
})
