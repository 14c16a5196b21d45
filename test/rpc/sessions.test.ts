import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { pino } from 'pino'
import type { Role } from '../../lib/access/caller.ts'
import { hashSecret } from '../../lib/access/secret.ts'
import { readConfig } from '../../lib/config.ts'
import { startPackhouse } from '../../lib/packhouse.ts'
import { eventually } from '../helpers/eventually.ts'
import type { RpcFault } from '../helpers/rpc-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const ORDER = '100000309'
const DENIED = -32002
const BAD_PATH = -32003
const NOT_CALLABLE = -32004
const EXPIRED = -32005
const REQUIRED = -32006
const METHOD_NOT_FOUND = -32601
const UNKNOWN_SESSION = 'f'.repeat(32)

interface Reply {
  readonly result?: any
  readonly error?: RpcFault
}

describe('sessions', () => {
  let server: TestServer
  before(async () => {
    server = await startServer({ env: { RPC_RATE_LIMIT: '0', RPC_CONCURRENCY: '0' } })
  })
  after(() => server.stop())

  const ask = async (method: string, params: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
    (await server.rpc.raw(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), headers)).json
  const login = async () => {
    const { username, api_key } = server.credentials.rpc
    return (await ask('login', [username, api_key])).result as string
  }
  const codeOf = async (reply: Promise<Reply>) => (await reply).error?.code
  const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` })
  const bearer = (session: string) => ({ Authorization: `Bearer ${session}` })
  const rightBasic = () => basic(`demo:${server.credentials.rpc.api_key}`)
  const info = (session: unknown, headers?: Record<string, string>) =>
    ask('call', [session, 'order.info', [ORDER]], headers)

  async function insertUser(role: Role, username: string): Promise<string> {
    const apiKey = randomBytes(20).toString('hex')
    await server.db.raw(
      `insert into users (user_id, username, role, merchant_id, api_key_hash, api_key_last4)
       select ?, ?, ?, case when ? = 'merchant' then min(merchant_id) end, ?, 'xxxx' from merchants`,
      [`usr_${username}`, username, role, role, hashSecret(apiKey)],
    )
    return apiKey
  }

  describe('login', () => {
    it('answers 32 lower-case hexadecimal digits, another session each time', async () => {
      const [one, other] = [await login(), await login()]
      expect(one).to.match(/^[0-9a-f]{32}$/)
      expect(other)
        .to.match(/^[0-9a-f]{32}$/)
        .and.not.equal(one)
    })

    it('takes its parameters by either spelling of their names', async () => {
      const { username, api_key } = server.credentials.rpc
      for (const params of [
        { username, api_key },
        { username, apiKey: api_key },
      ]) {
        expect((await ask('login', params)).result).to.match(/^[0-9a-f]{32}$/)
      }
    })

    it('refuses a wrong name or key with fault 2, and says nothing more', async () => {
      const { api_key } = server.credentials.rpc
      const wrong: readonly (readonly [unknown, unknown])[] = [
        ['demo', 'wrong'],
        ['nobody', api_key],
        ['demo-other', api_key],
        ['DEMO', api_key],
        ['demo ', api_key],
        ['demo', api_key.toUpperCase()],
        ['demo', `${api_key}\0`],
        ['demo\0', api_key],
        ['\ud800', api_key],
        ['demo', '\udc00'],
        [5, api_key],
        ['demo', 5],
        ['demo', [api_key]],
        [{ $ne: '' }, api_key],
        [true, true],
        ["' or 1=1 --", "' or 1=1 --"],
      ]
      for (const params of wrong) {
        const { error } = await ask('login', params)
        expect(error, JSON.stringify(params)).to.deep.equal({ code: DENIED, message: 'Access denied.' })
      }
    })

    it('refuses a missing or empty name or key with fault 6', async () => {
      const { api_key } = server.credentials.rpc
      const missing = [
        [],
        ['demo'],
        [null, api_key],
        ['demo', null],
        ['', api_key],
        ['demo', ''],
        {},
        undefined,
      ]
      for (const params of missing) {
        expect(await codeOf(ask('login', params)), JSON.stringify(params)).to.equal(REQUIRED)
      }
    })

    it('is fault 2 for a disabled user, whose sessions are fault 5 from then on', async () => {
      const apiKey = await insertUser('packer', 'leaver')
      const { result: session } = await ask('login', ['leaver', apiKey])
      expect((await info(session)).result.unique_id).to.equal(ORDER)
      await server.db.raw(`update users set disabled_at = now() where username = 'leaver'`)
      expect(await codeOf(ask('login', ['leaver', apiKey]))).to.equal(DENIED)
      expect(await codeOf(info(session))).to.equal(EXPIRED)
      expect(await codeOf(info(null, bearer(session)))).to.equal(EXPIRED)
      expect(await codeOf(info(null, basic(`leaver:${apiKey}`)))).to.equal(DENIED)
    })
  })

  describe('of a call', () => {
    it('decide alone when they are given, whatever Authorization says', async () => {
      const { result } = await info(await login(), basic('demo:wrong'))
      expect(result.unique_id).to.equal(ORDER)
      const bad: unknown[] = [
        '',
        UNKNOWN_SESSION,
        'x',
        0,
        5,
        true,
        false,
        [],
        {},
        ['x'],
        '\0',
        '\ud800',
        'x'.repeat(1e5),
      ]
      for (const session of bad) {
        const { error } = await info(session, rightBasic())
        expect(error, JSON.stringify(session).slice(0, 50)).to.deep.equal({
          code: EXPIRED,
          message: 'Session expired. Try to relogin.',
        })
      }
    })

    it('are exact', async () => {
      const session = await login()
      for (const wrong of [
        session.toUpperCase().replace(/^[0-9]*$/, 'X'),
        ` ${session}`,
        `${session}\n`,
        session.slice(1),
      ]) {
        expect(await codeOf(info(wrong))).to.equal(EXPIRED)
      }
    })

    const HEADERS: readonly (readonly [string, () => Promise<Record<string, string>>, number | undefined])[] =
      [
        ['no Authorization', async () => ({}), EXPIRED],
        ['right Basic', async () => rightBasic(), undefined],
        [
          'right Basic, scheme in capitals',
          async () => ({ Authorization: rightBasic().Authorization.replace('Basic', 'BASIC') }),
          undefined,
        ],
        ['Basic with a wrong key', async () => basic('demo:wrong'), DENIED],
        ['Basic with an unknown user', async () => basic('nobody:x'), DENIED],
        ['Basic without a key', async () => basic('demo:'), DENIED],
        ['Basic without a name', async () => basic(`:${server.credentials.rpc.api_key}`), DENIED],
        ['Basic without a colon', async () => basic('demo'), DENIED],
        ['Basic with U+0000', async () => basic('de\0mo:x'), DENIED],
        ['Basic that is not base64', async () => ({ Authorization: 'Basic !!!' }), DENIED],
        ['Basic with nothing', async () => ({ Authorization: 'Basic' }), DENIED],
        ['right Bearer', async () => bearer(await login()), undefined],
        ['wrong Bearer', async () => bearer(UNKNOWN_SESSION), EXPIRED],
        ['Bearer with an API key', async () => bearer(server.credentials.rpc.api_key), EXPIRED],
        ['Bearer with nothing', async () => ({ Authorization: 'Bearer' }), EXPIRED],
        ['another scheme', async () => ({ Authorization: 'Digest username="demo"' }), EXPIRED],
      ]
    for (const [title, headers, code] of HEADERS) {
      it(`with a null session: ${title} is ${code ?? 'accepted'}`, async () => {
        expect(await codeOf(info(null, await headers())), 'call').to.equal(code)
        expect(
          await codeOf(ask('call', { path: 'order.info', args: [ORDER] }, await headers())),
          'absent',
        ).to.equal(code)
        expect(await codeOf(ask('order.info', [ORDER], await headers())), 'by its own name').to.equal(code)
      })
    }

    it('answer bad credentials with 200 and no challenge', async () => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'order.info', params: [ORDER] })
      const { status, headers } = await server.rpc.raw(body, basic('demo:wrong'))
      expect({ status, challenge: headers.get('WWW-Authenticate') }).to.deep.equal({
        status: 200,
        challenge: null,
      })
    })
  })

  describe('endSession', () => {
    it('answers true, whether or not there was such a session', async () => {
      const session = await login()
      for (const params of [
        [session],
        [session],
        [UNKNOWN_SESSION],
        [null],
        [],
        [5],
        [{}],
        ['\0'],
        { session },
      ]) {
        expect(await ask('endSession', params)).to.deep.equal({ jsonrpc: '2.0', id: 1, result: true })
      }
    })

    it('makes that session fault 5 and no other', async () => {
      const [ended, other] = [await login(), await login()]
      await ask('endSession', [ended])
      expect(await codeOf(info(ended))).to.equal(EXPIRED)
      expect(await codeOf(info(other))).to.equal(undefined)
    })
  })

  describe('in the database', () => {
    const second = (env: Record<string, string> = {}) => {
      const config = readConfig({ ...server.env, DATA_DIR: `${server.dataDir}/second`, ...env })
      return startPackhouse({ config, log: pino({ level: 'silent' }) })
    }
    const askAt = async (url: string, session: string): Promise<Reply> => {
      const body = JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'call',
        params: [session, 'order.info', [ORDER]],
      })
      return (await (await fetch(`${url}/api/jsonrpc`, { method: 'POST', body })).json()) as Reply
    }

    it('work on every process and survive its restart', async () => {
      const session = await login()
      for (const start of ['a second process', 'its restart']) {
        const other = await second()
        expect((await askAt(other.baseUrl, session)).result?.unique_id, start).to.equal(ORDER)
        await other.stop()
      }
    })

    it('end everywhere at once', async () => {
      const other = await second()
      const session = await login()
      await ask('endSession', [session])
      expect((await askAt(other.baseUrl, session)).error?.code).to.equal(EXPIRED)
      await other.stop()
    })

    it('end SESSION_TTL_HOURS after login, however often they are used', async () => {
      const other = await second({ SESSION_TTL_HOURS: '0.0003' })
      const { username, api_key } = server.credentials.rpc
      const loginBody = JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'login',
        params: [username, api_key],
      })
      const begun = performance.now()
      const reply = await fetch(`${other.baseUrl}/api/jsonrpc`, { method: 'POST', body: loginBody })
      const session = ((await reply.json()) as Reply).result as string
      expect((await askAt(other.baseUrl, session)).error).to.equal(undefined)
      const error = await eventually(
        'the session ends',
        async () => (await askAt(other.baseUrl, session)).error,
      )
      expect(error.code).to.equal(EXPIRED)
      expect(performance.now() - begun).to.be.within(1_000, 10_000)
      await other.stop()
    })

    it('are kept as hashes', async () => {
      const session = await login()
      const { rows } = await server.db.raw('select * from sessions')
      expect(rows).not.to.have.length(0)
      expect(JSON.stringify(rows)).not.to.contain(session)
      expect(
        rows.map((row: { session_hash: Buffer }) => row.session_hash.toString('latin1')).join(),
      ).not.to.contain(session)
    })
  })

  describe('paths', () => {
    const BAD_PATHS: unknown[] = [
      undefined,
      null,
      '',
      'order',
      'login',
      'call',
      'endSession',
      '.',
      'order.',
      '.info',
      'order..info',
      'order_instruction.info',
      '__proto__.x',
      'constructor.name',
      'order.constructor',
      'Order.info',
      'order.info ',
      'order\0.info',
      '\ud800.x',
      5,
      true,
      [],
      {},
      ['order.info'],
      'x'.repeat(1e5),
    ]
    it('that lead nowhere are fault 3', async () => {
      const session = await login()
      for (const path of BAD_PATHS) {
        const { error } = await ask('call', path === undefined ? [session] : [session, path])
        expect(error, String(path).slice(0, 50)).to.deep.equal({
          code: BAD_PATH,
          message: 'Invalid api path.',
        })
      }
    })

    it('of a method of the endpoint are fault 4', async () => {
      const { error } = await ask('call', [await login(), 'rpc.discover'])
      expect(error).to.deep.equal({ code: NOT_CALLABLE, message: 'Resource path is not callable.' })
    })

    it('are -32601 as names of methods', async () => {
      for (const name of ['order', 'order_instruction.info', '__proto__.x']) {
        expect(await codeOf(ask(name, [], rightBasic())), name).to.equal(METHOD_NOT_FOUND)
      }
    })
  })

  describe('arguments', () => {
    const BY_POSITION: unknown[] = [
      [ORDER],
      [Number(ORDER)],
      [ORDER, null],
      [ORDER, [], 'beyond', {}],
      ORDER,
      Number(ORDER),
    ]
    const BY_NAME: unknown[] = [
      { orderUniqueId: ORDER },
      { order_unique_id: ORDER },
      { order_unique_id: ORDER, fields: null },
    ]
    for (const args of [...BY_POSITION, ...BY_NAME]) {
      it(`of call are read from ${JSON.stringify(args)}`, async () => {
        expect((await ask('call', [await login(), 'order.info', args])).result?.unique_id).to.equal(ORDER)
        expect(
          (await ask('call', { session: await login(), path: 'order.info', args })).result?.unique_id,
        ).to.equal(ORDER)
      })
    }

    it('are none when absent or null, and one when false or 0', async () => {
      for (const args of [undefined, null, [], [null], { orderUniqueId: null }]) {
        const { error } = await ask('call', [await login(), 'order.info', args])
        expect(error?.code, JSON.stringify(args)).to.equal(REQUIRED)
      }
      for (const args of [0, '', ['']]) {
        expect(await codeOf(ask('call', [await login(), 'order.info', args])), JSON.stringify(args)).to.equal(
          -32100,
        )
      }
    })

    it('that are an object with another key are the first argument as a whole', async () => {
      for (const args of [{}, { orderUniqueId: ORDER, frobnicate: 1 }, { __proto__x: 1 }]) {
        expect(await codeOf(ask('call', [await login(), 'order_instruction.list', args]))).to.equal(-32100)
      }
    })

    it('take [] for {}', async () => {
      const session = await login()
      for (const options of [[], {}, null]) {
        const args = [ORDER, `options ${JSON.stringify(options)}`, options]
        expect((await ask('call', [session, 'order_instruction.create', args])).error).to.equal(undefined)
      }
    })

    it('of a method by its own name are its params', async () => {
      for (const params of [
        [ORDER],
        [ORDER, null, 'beyond'],
        { orderUniqueId: ORDER },
        { order_unique_id: ORDER },
      ]) {
        expect((await ask('order.info', params, rightBasic())).result?.unique_id).to.equal(ORDER)
      }
      expect(await codeOf(ask('order.info', { orderUniqueId: ORDER, frobnicate: 1 }, rightBasic()))).to.equal(
        -32602,
      )
    })
  })

  it('checks session, path, role, required arguments, their form, and existence, in this order', async () => {
    const [merchant, packer] = [await login(), await server.rpc.session('packer')]
    const steps: readonly (readonly [unknown[], number])[] = [
      [[UNKNOWN_SESSION, 'no.where', [true]], EXPIRED],
      [[UNKNOWN_SESSION, 'packing.open', []], EXPIRED],
      [[packer, 'no.where', [true]], BAD_PATH],
      [[packer, 'order_instruction.create', []], DENIED],
      [[merchant, 'packing.open', []], DENIED],
      [[merchant, 'order_instruction.create', [null, 5]], REQUIRED],
      [[merchant, 'order_instruction.create', ['nothing', 5]], -32100],
      [[merchant, 'order_instruction.create', ['nothing', 'note']], -32102],
    ]
    for (const [params, code] of steps) {
      expect(await codeOf(ask('call', params)), JSON.stringify(params)).to.equal(code)
    }
  })

  it('checks session and role before the names of parameters, of a method by its own name', async () => {
    const packer = { authorization: `Bearer ${await server.rpc.session('packer')}` }
    const unknown = { frobnicate: 1 }
    expect(await codeOf(ask('order.create', unknown))).to.equal(EXPIRED)
    expect(await codeOf(ask('order.create', unknown, packer))).to.equal(DENIED)
    expect(await codeOf(ask('order.info', unknown, packer))).to.equal(-32602)
  })
})
