import { once } from 'node:events'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { expect } from 'chai'
import { createDatabase } from '../../lib/db/database.ts'
import { eventually } from '../helpers/eventually.ts'
import { scrape } from '../helpers/metrics.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer } from '../helpers/server.ts'
import { openRestWorkspace } from './rest-fixtures.ts'

const CALLS = 30

describe('REST when it cannot answer', () => {
  it('says 503 unavailable in the envelope when the database is gone', async () => {
    const workspace = await openRestWorkspace()
    const outside = new URL(workspace.server.env['DATABASE_URL'] ?? '')
    const name = outside.pathname.slice(1)
    outside.pathname = '/postgres'
    const maintenance = createDatabase({ connectionString: outside.href })
    await maintenance.raw('alter database ?? allow_connections false', [name])
    await maintenance.raw('select pg_terminate_backend(pid) from pg_stat_activity where datname = ?', [name])
    const { status, json } = await workspace.admin.get('/v1/users')
    expect([status, json.code, json.endpoint]).to.deep.equal([503, 'unavailable', '/v1/users'])
    expect(JSON.stringify(json)).to.not.include(name)
    await maintenance.raw('alter database ?? allow_connections true', [name])
    await maintenance.destroy()
    await workspace.stop()
  })

  it('says 500 internal_error and nothing of the cause', async () => {
    const workspace = await openRestWorkspace()
    await workspace.server.db.raw('alter table locations rename column name to secret_name')
    const { status, json } = await workspace.admin.get('/v1/locations')
    expect([status, json.code, json.message]).to.deep.equal([500, 'internal_error', 'Internal error'])
    expect(JSON.stringify(json)).to.not.include('name')
    await workspace.stop()
  })

  it('answers what is in flight while it drains, and refuses what comes after in the envelope', async () => {
    const workspace = await openRestWorkspace()
    const { server } = workspace
    const headers = { 'PX-API-KEY': server.credentials.admin.api_key, 'Content-Type': 'application/json' }
    const [busy, idle] = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })]
    const inFlight = httpRequest(`${server.url}/v1/locations`, { method: 'POST', headers, agent: busy })
    const answered = once(inFlight, 'response')
    inFlight.write('{"name":')
    // Headers half sent: the connection is neither idle nor in a request when the server begins to drain.
    const { port } = new URL(server.url)
    const late = httpRequest({ port, path: '/v1/users', headers, agent: idle })
    const socket = await new Promise<Socket>((resolve) => late.once('socket', resolve))
    await once(socket, 'connect')
    socket.write('GET /v1/users HTTP/1.1\r\nHost: x\r\n')
    await eventually('the server has both', async () =>
      (await server.db.raw('select 1')) ? true : undefined,
    )
    const url = server.url
    const stopped = server.pause()
    await eventually('nothing new is accepted', () =>
      fetch(`${url}/healthz`).then(
        () => undefined,
        () => true,
      ),
    )
    socket.write(`PX-API-KEY: ${headers['PX-API-KEY']}\r\n\r\n`)
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    expect(bytes.toString())
      .to.match(/^HTTP\/1\.1 503 /)
      .and.include('"code":"unavailable"')
    inFlight.end('"in flight"}')
    const [response] = (await answered) as [IncomingMessage]
    expect(response.statusCode).to.equal(201)
    response.resume()
    await stopped
    await workspace.stop()
  })
})

describe('the log and the counters when the database is gone', () => {
  it('warn of what mends itself, and fold what is said again and again', async () => {
    const lines: string[] = []
    const server = await startServer({
      env: { LOG_LEVEL: 'warn' },
      onLog: (line) => void lines.push(line),
    })
    await server.rpc.session('demo')
    const outside = new URL(server.env['DATABASE_URL'] ?? '')
    const name = outside.pathname.slice(1)
    outside.pathname = '/postgres'
    const maintenance = createDatabase({ connectionString: outside.href })
    await maintenance.raw('alter database ?? allow_connections false', [name])
    await maintenance.raw('select pg_terminate_backend(pid) from pg_stat_activity where datname = ?', [name])
    const calls = await Promise.all(
      Array.from({ length: CALLS }, () => server.rpc.fault('order.info', ['1'])),
    )
    expect(new Set(calls.map(({ code }) => code))).to.deep.equal(new Set([-32001]))
    const answers = (await scrape(server.url)).series('packhouse_rpc_answers_total')
    const counted = (code: string) =>
      Object.entries(answers).reduce(
        (sum, [labels, n]) => sum + (labels.endsWith(`code="${code}"`) ? n : 0),
        0,
      )
    expect([counted('unavailable'), counted('-32001')]).to.deep.equal([CALLS, 0])
    await maintenance.raw('alter database ?? allow_connections true', [name])
    await maintenance.destroy()
    const told = lines.map((line) => JSON.parse(line) as { level: number; msg: string })
    expect(told.filter(({ level }) => level >= 50)).to.deep.equal([])
    expect(told.filter(({ msg }) => msg === 'call failed')).to.have.length(CALLS)
    expect(told.filter(({ msg }) => msg === 'a connection to the database failed').length).to.be.at.most(5)
    expect(told.map(({ msg }) => msg)).not.to.include('knex')
    await server.stop()
  })

  it('say that a disk is full, in REST, in JSON-RPC and in the log', async () => {
    const lines: string[] = []
    const server = await startServer({
      env: { LOG_LEVEL: 'warn' },
      onLog: (line) => void lines.push(line),
    })
    await server.db.raw(`
      create function fill() returns trigger language plpgsql as $$
      begin
        raise exception 'could not extend file: No space left on device' using errcode = '53100';
      end $$;
      create trigger fill before insert on locations for each row execute function fill();
      create trigger fill before insert on orders for each row execute function fill();`)
    const admin = createRestClient(server.url, server.credentials.admin.api_key)
    const { status, json } = await admin.post('/v1/locations', { name: 'Full' })
    expect([status, json.code, json.message]).to.deep.equal([
      503,
      'unavailable',
      'The disk of the database is full',
    ])
    const order = server.rpc.fault('order.create', [null, { 'SKU-1': 1 }, null, { unique_id: 'F-1' }])
    expect((await order).code).to.equal(-32001)
    const { value } = await scrape(server.url)
    expect(value('packhouse_rpc_answers_total{method="order.create",code="unavailable"}')).to.equal(1)
    const failed = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'call failed')
    expect(failed.map(({ level, err }) => [level, err.message.split(':')[0]])).to.deep.equal([
      [40, 'the disk of the database is full'],
    ])
    await server.stop()
  })
})
