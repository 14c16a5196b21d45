import { expect } from 'chai'
import type { Knex } from 'knex'
import { eventually } from '../helpers/eventually.ts'
import { createRestClient, type RestClient, type RestReply } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { startServerProcess } from '../helpers/server-process.ts'

const BASE = '/v1/cloud-printing'
const PDF =
  '%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n' +
  '3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>\nendobj\ntrailer\n<</Root 1 0 R/Size 4>>\n%%EOF\n'
/** What holds the commit of a new job until the test lets it go. */
const GATE = 20_250_101

describe('a server killed after its commit and before its answer', function () {
  this.timeout(60_000)
  let server: TestServer
  let admin: RestClient

  before(async () => {
    server = await startServer()
    admin = createRestClient(server.url, server.credentials.admin.api_key)
    await server.db.raw(`
      create function wait_at_gate() returns trigger language plpgsql as $$
      begin
        perform pg_advisory_xact_lock_shared(${GATE});
        return null;
      end $$;
      create constraint trigger gate after insert on print_jobs deferrable initially deferred
        for each row execute function wait_at_gate();`)
  })
  after(() => server.stop())

  const jobBody = (name: string) => ({
    name,
    location_id: server.credentials.location_id,
    printer_name: 'Front desk',
    data: `data:application/pdf;base64,${Buffer.from(PDF).toString('base64')}`,
  })

  /** The commit is done, and the process that asked for it never heard so. */
  async function dieAfterCommit(ask: (client: RestClient) => Promise<RestReply>): Promise<void> {
    const child = await startServerProcess(server.env)
    const gate = await server.db.transaction()
    await gate.raw('select pg_advisory_xact_lock(?)', [GATE])
    const asked = ask(createRestClient(child.baseUrl, server.credentials.admin.api_key)).catch(
      () => undefined,
    )
    await eventually('the commit waits', async () =>
      (await waitingAtGate(server.db)) === 1 ? true : undefined,
    )
    child.kill('SIGSTOP')
    await gate.commit()
    await eventually('the commit is done', async () =>
      (await waitingAtGate(server.db)) === 0 ? true : undefined,
    )
    child.kill('SIGKILL')
    expect(await child.ended).to.equal('SIGKILL')
    expect(await asked).to.equal(undefined)
  }

  async function jobsNamed(name: string): Promise<string[]> {
    const rows: { job_id: string }[] = await server.db('print_jobs').where({ name }).select('job_id')
    return rows.map((row) => row.job_id)
  }

  async function assertOnce(name: string, ask: (client: RestClient) => Promise<RestReply>): Promise<void> {
    const before = await jobsNamed(name)
    await dieAfterCommit(ask)
    // As after three minutes, when a key that a dead process held would be free again.
    await server
      .db('idempotency_keys')
      .where({ status: null })
      .update({ expires_at: server.db.raw('now()') })
    const again = await ask(admin)
    expect(again.status, again.text).to.equal(201)
    expect(again.headers.get('idempotency-replayed')).to.equal('true')
    expect(await jobsNamed(name)).to.have.members([...before, again.json.data.id])
    expect((await admin.get(`${BASE}/jobs/${again.json.data.id}`)).json.data.name).to.equal(name)
  }

  it('makes a job once, and answers the retry with it', () =>
    assertOnce('Killed', (client) =>
      client.post(`${BASE}/jobs`, jobBody('Killed'), { 'Idempotency-Key': 'create' }),
    ))

  it('reprints a job once', async () => {
    const job = (await admin.post(`${BASE}/jobs`, jobBody('Reprinted'))).json.data
    await admin.post(`${BASE}/jobs/${job.id}`, { status: 'canceled' })
    await assertOnce('Reprinted', (client) =>
      client.post(`${BASE}/jobs/${job.id}/reprint`, { reason: 'torn' }, { 'Idempotency-Key': 'reprint' }),
    )
  })

  it('prints a test page once', async () => {
    const printers = (await admin.get(`${BASE}/printers`)).json.data
    const { id } = printers.find(({ name }: { name: string }) => name === 'Front desk')
    await assertOnce('Test page', (client) =>
      client.post(`${BASE}/printers/${id}/test-page`, {}, { 'Idempotency-Key': 'test-page' }),
    )
  })

  it('frees the key of a request within seconds that it had not done when it was killed', async () => {
    const child = await startServerProcess(server.env)
    const ask = (client: RestClient) =>
      client.post(`${BASE}/jobs`, jobBody('Begun'), { 'Idempotency-Key': 'begun' })
    const lock = await server.db.transaction()
    await lock.raw('lock table documents in access exclusive mode')
    const asked = ask(createRestClient(child.baseUrl, server.credentials.admin.api_key)).catch(
      () => undefined,
    )
    await eventually('it is at work', async () =>
      (await server.db('idempotency_keys').where({ status: null })).length === 1 ? true : undefined,
    )
    child.kill('SIGKILL')
    expect(await child.ended).to.equal('SIGKILL')
    await asked
    await lock.rollback()
    const reply = await eventually('the key is free', async () => {
      const again = await ask(admin)
      return again.status === 409 ? undefined : again
    })
    expect(reply.status, reply.text).to.equal(201)
    expect(await jobsNamed('Begun')).to.deep.equal([reply.json.data.id])
  })

  it('undoes the job of a request whose key has gone to another one meanwhile', async () => {
    const before = await jobsNamed('Overtaken')
    // Whoever takes the key over while the document is fetched has another lease.
    await server.db.raw(`
      create function overtake() returns trigger language plpgsql as $$
      begin
        update idempotency_keys set lease_id = gen_random_uuid() where status is null;
        return new;
      end $$;
      create trigger overtake before insert on print_jobs for each row execute function overtake();`)
    try {
      const { status, json } = await admin.post(`${BASE}/jobs`, jobBody('Overtaken'), {
        'Idempotency-Key': 'overtaken',
      })
      expect([status, json.code]).to.deep.equal([409, 'idempotency_in_progress'])
      expect(await jobsNamed('Overtaken')).to.deep.equal(before)
    } finally {
      await server.db.raw('drop trigger overtake on print_jobs')
    }
  })
})

async function waitingAtGate(db: Knex): Promise<number> {
  const { rows } = await db.raw<{ rows: { waiting: string }[] }>(
    `select count(*) as waiting from pg_locks
     where locktype = 'advisory' and objid = ${GATE} and not granted
       and database = (select oid from pg_database where datname = current_database())`,
  )
  return Number(rows[0]?.waiting)
}
