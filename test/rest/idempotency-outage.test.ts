import { expect } from 'chai'
import type { Knex } from 'knex'
import { createDatabase } from '../../lib/db/database.ts'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import type { RestReply } from '../helpers/rest-client.ts'
import { openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

const JOBS = 16
/** What a statement waits for until the outage ends it. */
const FOREVER = 'pg_sleep(25)'

describe('idempotency keys when the database goes away under their requests', () => {
  let workspace: RestWorkspace
  let outside: Knex
  let name: string

  before(async () => {
    workspace = await openRestWorkspace()
    const url = new URL(workspace.server.env['DATABASE_URL'] ?? '')
    name = url.pathname.slice(1)
    url.pathname = '/postgres'
    outside = createDatabase({ connectionString: url.href })
  })
  after(async () => {
    await outside.destroy()
    await workspace.stop()
  })

  const goAway = async (): Promise<void> => {
    await outside.raw('alter database ?? allow_connections false', [name])
    await outside.raw('select pg_terminate_backend(pid) from pg_stat_activity where datname = ?', [name])
  }
  const comeBack = (): Promise<unknown> => outside.raw('alter database ?? allow_connections true', [name])

  /** Until `count` requests hang at the trigger on `table`, each in its own transaction. */
  const untilHanging = (count: number): Promise<true> =>
    eventually('the requests are in progress', async () => {
      const { rows } = await outside.raw<{ rows: { hanging: string }[] }>(
        `select count(*) as hanging from pg_stat_activity where datname = ? and wait_event = 'PgSleep'`,
        [name],
      )
      return Number(rows[0]?.hanging) >= count ? true : undefined
    })

  async function withHanging(table: string, when: string, work: () => Promise<void>): Promise<void> {
    const { db } = workspace.server
    await db.raw(`
      create function hang() returns trigger language plpgsql as $$
      begin
        perform ${FOREVER};
        return new;
      end $$;
      create trigger hang after ${when} on ${table} for each row execute function hang();`)
    try {
      await work()
    } finally {
      await db.raw('drop function hang() cascade')
    }
  }

  /** As a client does that was told 503: again with the same key, until it isn't 409 or 503 any more. */
  const untilAnswered = (send: () => Promise<RestReply>): Promise<RestReply> =>
    eventually('the key is free or has its answer', async () => {
      const reply = await send()
      return reply.status === 409 || reply.status === 503 ? undefined : reply
    })

  it('are free again soon after it is back, and each job is made once', async () => {
    const { server, admin } = workspace
    const pdf = (await makePdf()).toString('base64')
    const send = (job: number) =>
      admin.post(
        '/v1/cloud-printing/jobs',
        {
          name: `Outage ${job}`,
          location_id: server.credentials.location_id,
          printer_name: 'Front desk',
          data: `data:application/pdf;base64,${pdf}`,
        },
        { 'Idempotency-Key': `outage ${job}` },
      )
    const jobs = Array.from({ length: JOBS }, (_, index) => index)
    await withHanging('print_jobs', 'insert', async () => {
      const first = jobs.map(send)
      await untilHanging(1)
      await goAway()
      for (const { status, json } of await Promise.all(first)) {
        expect([status, json.code]).to.deep.equal([503, 'unavailable'])
      }
      await comeBack()
    })
    const again = await Promise.all(jobs.map((job) => untilAnswered(() => send(job))))
    expect(again.map(({ status }) => status)).to.deep.equal(jobs.map(() => 201))
    const made = await server.db('print_jobs').where('name', 'like', 'Outage %')
    expect(made).to.have.length(JOBS)
  })

  it('get the answer that could not be stored at once, and nothing is done twice', async () => {
    const { server, admin } = workspace
    const send = () => admin.post('/v1/locations', { name: 'Kept late' }, { 'Idempotency-Key': 'kept late' })
    let first: RestReply | undefined
    await withHanging('idempotency_keys', 'update', async () => {
      const asked = send()
      await untilHanging(1)
      await goAway()
      first = await asked
      await comeBack()
    })
    expect(first?.status).to.equal(201)
    const again = await untilAnswered(send)
    expect([again.status, again.text]).to.deep.equal([201, first?.text])
    expect(again.headers.get('idempotency-replayed')).to.equal('true')
    expect(await server.db('locations').where({ name: 'Kept late' })).to.have.length(1)
  })
})
