import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { expect } from 'chai'
import { pino } from 'pino'
import { readConfig } from '../../lib/config.ts'
import { type Packhouse, startPackhouse } from '../../lib/packhouse.ts'
import { resourceMethods } from '../../lib/transport/rpc/methods.ts'
import type { ResourceMethod } from '../../lib/transport/rpc/rpc-method.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import type { RpcClient } from '../helpers/rpc-client.ts'
import { readCredentials, rpcClientOf } from '../helpers/server.ts'

const ORDER = '100000309'
const INTERNAL = -32001
const INVALID_PARAMS = -32602
/** contracts/rpc.md, section 6: neither can be stored, so that nothing can be called so. */
const UNSTORABLE = ['\0', '1000\x0000309', '\ud800', `${ORDER}\udc00`]

describe('faults', () => {
  let database: TestDatabase
  let dataDir: string
  let packhouse: Packhouse
  let rpc: RpcClient
  let logged: Record<string, any>[]
  before(async () => {
    database = await cloneDatabase()
    dataDir = await mkdtemp(join(tmpdir(), 'packhouse-faults-'))
    const env = { PORT: '0', DATABASE_URL: database.url, DATA_DIR: dataDir, DEMO: 'true' }
    logged = []
    const destination = new Writable({
      write(line: Buffer, _encoding, done) {
        logged.push(JSON.parse(line.toString()))
        done()
      },
    })
    packhouse = await startPackhouse({
      config: readConfig({ ...env, RPC_RATE_LIMIT: '0', RPC_CONCURRENCY: '0' }),
      log: pino({ level: 'info' }, destination),
    })
    rpc = rpcClientOf(packhouse.baseUrl, await readCredentials(dataDir))
  })
  after(async () => {
    await packhouse.stop()
    await database.drop()
    await rm(dataDir, { recursive: true, force: true })
  })

  const userFor = ({ roles }: ResourceMethod) => (roles.includes('merchant') ? 'demo' : 'packer')
  const call = async (path: string, args: unknown, as: 'demo' | 'packer' = 'demo') => {
    const params = [await rpc.session(as), path, args]
    return rpc.raw(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'call', params }))
  }

  describe('1, Internal Error', () => {
    before(() => database.db.raw('alter table order_items rename column sku to gone'))
    after(() => database.db.raw('alter table order_items rename column gone to sku'))
    const SECRET = 'swordfish-in-an-argument'
    const broken = () => call('order.create', [SECRET, { 'SKU-1': 1 }, null, { unique_id: 'broken' }])

    it('says nothing but where the log has its cause', async () => {
      logged.length = 0
      const { status, headers, text } = await broken()
      const requestId = headers.get('X-Request-Id')
      expect(status).to.equal(200)
      expect(text).to.equal(
        `{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"Internal Error","data":{"request_id":"${requestId}"}}}`,
      )
      const errors = logged.filter(({ level }) => level >= 50)
      expect(errors).to.have.length(1)
      expect(errors[0]?.['req']).to.include({ id: requestId })
      expect(errors[0]?.['method']).to.equal('order.create')
      expect(errors[0]?.['err'].stack).to.contain('column').and.to.contain('.ts')
    })

    it('keeps what callers sent out of the log', async () => {
      logged.length = 0
      await broken()
      expect(JSON.stringify(logged)).not.to.contain(SECRET)
    })

    it('is logged for a notification too', async () => {
      logged.length = 0
      const params = [await rpc.session(), 'order.create', [null, { 'SKU-1': 1 }]]
      const { status, text } = await rpc.raw(JSON.stringify({ jsonrpc: '2.0', method: 'call', params }))
      expect({ status, text }).to.deep.equal({ status: 204, text: '' })
      expect(logged.filter(({ level }) => level >= 50)).to.have.length(1)
    })

    it('of one request leaves the others of its batch alone', async () => {
      const session = await rpc.session()
      const request = (id: number, path: string, args: unknown) => ({
        jsonrpc: '2.0',
        id,
        method: 'call',
        params: [session, path, args],
      })
      const batch = [request(1, 'order.create', [null, { 'SKU-1': 1 }]), request(2, 'order.info', [ORDER])]
      const { json } = await rpc.raw(JSON.stringify(batch))
      expect(json[0].error.code).to.equal(INTERNAL)
      expect(json[1].result.unique_id).to.equal(ORDER)
    })

    it('stores nothing', async () => {
      await broken()
      expect(await rpc.fault('order.info', ['broken'])).to.include({ code: -32100 })
    })
  })

  it('log neither keys nor sessions nor arguments', async () => {
    logged.length = 0
    const { rpc: user } = await readCredentials(dataDir)
    const login = { jsonrpc: '2.0', id: 1, method: 'login', params: [user.username, user.api_key] }
    const { json } = await rpc.raw(JSON.stringify(login))
    const authorization = `Basic ${Buffer.from(`demo:${user.api_key}`).toString('base64')}`
    await rpc.raw(JSON.stringify({ ...login, method: 'order.info', params: ['swordfish'] }), {
      authorization,
    })
    await rpc.raw(
      JSON.stringify({ ...login, method: 'call', params: [json.result, 'order.info', ['swordfish']] }),
    )
    const text = JSON.stringify(logged)
    for (const secret of [user.api_key, json.result, authorization, 'swordfish'])
      expect(text).not.to.contain(secret)
    expect(logged.map(({ msg }) => msg)).to.include('call refused')
  })

  it('cut what they log of a request', async () => {
    logged.length = 0
    const long = 'x'.repeat(10_000)
    await rpc.raw(
      JSON.stringify({
        jsonrpc: '2.0',
        id: long,
        method: 'call',
        params: [await rpc.session(), 'order.info', ['?']],
      }),
    )
    expect(JSON.stringify(logged).length).to.be.below(5_000)
  })

  it('tell nobody back a name of any length', async () => {
    const name = 'x'.repeat(1_000_000)
    const session = await rpc.session()
    const asked = [
      { method: 'order.info', params: { [name]: 1 } },
      { method: 'call', params: [session, 'order_instruction.create', [ORDER, 'n', { [name]: 1 }]] },
      { method: 'call', params: [session, 'order.search', [{ [name]: 1 }]] },
    ]
    for (const request of asked) {
      const { text, json } = await rpc.raw(JSON.stringify({ jsonrpc: '2.0', id: 1, ...request }), {
        authorization: `Bearer ${session}`,
      })
      expect(json.error.message).to.contain('xxx')
      expect(text.length).to.be.below(3_000)
    }
  })

  it('are never internal, whatever the arguments are', async () => {
    const junk: unknown[] = [
      true,
      0,
      -1,
      1.5,
      1e308,
      '',
      'x',
      '\0',
      '\ud800',
      [],
      [null],
      [[]],
      {},
      { a: 1 },
      JSON.parse('{"__proto__":{"a":1}}'),
      { constructor: null },
      [true],
      { '\0': 1 },
      '9'.repeat(30),
      "'; drop table orders --",
      '%',
      '\\',
    ]
    for (const method of resourceMethods(packhouse.services)) {
      const { path, parameters } = method
      const session = await rpc.session(userFor(method))
      const alone = parameters.map((_, at) => junk.map((value) => replaceAt(goodArgs(parameters), at, value)))
      for (const argsOfOne of [junk.map((value) => parameters.map(() => value)), ...alone]) {
        const batch = argsOfOne.map((args) => ({ id: 1, method: 'call', params: [session, path, args] }))
        const { status, json } = await rpc.raw(JSON.stringify(batch))
        expect(status).to.equal(200)
        for (const [at, { error }] of json.entries()) {
          const what = `${path} ${JSON.stringify(argsOfOne[at])}`
          expect(error?.code, what).not.to.be.oneOf([INTERNAL, INVALID_PARAMS])
        }
      }
    }
  })

  /** What the required argument of a method names; anything else that is required is optional here. */
  const lookups = () =>
    resourceMethods(packhouse.services).flatMap((method) => {
      // The demo workspace has no supervisor; packing-reopen.test.ts has one.
      if (method.roles.every((role) => role === 'supervisor')) return []
      const named = method.required.filter((parameter) => /(Id|code)$/.test(parameter))
      return named.map((parameter) => ({ method, parameter }))
    })

  it('call text that cannot be stored what names nothing, in every argument that is looked up', async () => {
    expect(lookups()).not.to.have.length(0)
    await rpc.call('order_instruction.create', [ORDER, 'the first instruction'])
    for (const { method, parameter } of lookups()) {
      const at = method.parameters.indexOf(parameter)
      const good = goodArgs(method.parameters)
      const unknown = await call(method.path, replaceAt(good, at, 'names-nothing'), userFor(method))
      expect(unknown.json.error?.code, method.path).to.be.below(-32_099)
      for (const text of UNSTORABLE) {
        const { json } = await call(method.path, replaceAt(good, at, text), userFor(method))
        expect(json, `${method.path} ${JSON.stringify(text)}`).to.deep.equal(unknown.json)
      }
    }
  })

  it('call a station what names nothing too', async () => {
    for (const text of ['names-nothing', ...UNSTORABLE]) {
      const fault = await rpc.fault('packing.open', ['100000020-1', { station_id: text }], 'packer')
      expect(fault.code, JSON.stringify(text)).to.equal(-32104)
    }
  })
})

/** Arguments of the demo workspace that reach the lookup of each. */
function goodArgs(parameters: readonly string[]): unknown[] {
  const good: Readonly<Record<string, unknown>> = {
    orderUniqueId: ORDER,
    reason: 'a good reason',
    shipmentId: '100000020',
    packageId: '100000020-1',
    code: '100000020-1',
    instructionId: 1,
    update: { status: 'canceled' },
    note: 'a note',
  }
  return parameters.map((parameter) => good[parameter] ?? null)
}

function replaceAt(args: readonly unknown[], at: number, value: unknown): unknown[] {
  return args.with(at, value)
}
