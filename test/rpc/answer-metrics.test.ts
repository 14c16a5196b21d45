import { expect } from 'chai'
import { becomes, scrape } from '../helpers/metrics.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const NOBODY = '0'.repeat(32)

describe('answers of RPC in /metrics', function () {
  this.timeout(30_000)
  let server: TestServer
  let session: string
  before(async () => {
    server = await startServer()
    session = await server.rpc.session()
  })
  after(() => server.stop())

  const send = (body: unknown, headers: Record<string, string> = {}) =>
    server.rpc.raw(typeof body === 'string' ? body : JSON.stringify(body), headers)
  const request = (method: string, params: unknown, more: object = { id: 1 }) => ({
    jsonrpc: '2.0',
    method,
    params,
    ...more,
  })

  /** The answers that `work` is counted as: how many of which method and code. */
  async function counted(work: () => Promise<unknown>, url = server.url): Promise<Record<string, number>> {
    const before = (await scrape(url)).series('packhouse_rpc_answers_total')
    await work()
    const after = (await scrape(url)).series('packhouse_rpc_answers_total')
    const grown = Object.entries(after).filter(([labels, count]) => count !== (before[labels] ?? 0))
    return Object.fromEntries(
      grown.map(([labels, count]) => {
        const [, method, code] = /^method="(.*)",code="(.*)"$/.exec(labels) ?? []
        return [`${method} ${code}`, count - (before[labels] ?? 0)]
      }),
    )
  }

  const CASES: readonly (readonly [string, () => Promise<unknown>, Record<string, number>])[] = [
    ['a result', () => server.rpc.call('order.info', ['100000309']), { 'order.info 0': 1 }],
    ['a fault of a resource', () => server.rpc.fault('order.info', ['none']), { 'order.info -32100': 1 }],
    [
      'a session that has ended',
      () => send(request('call', [NOBODY, 'order.info', ['1']])),
      { 'order.info -32005': 1 },
    ],
    [
      'parameters by name',
      () => send(request('call', { path: 'order.info', session: NOBODY })),
      { 'order.info -32005': 1 },
    ],
    ['no such path', () => send(request('call', [session, 'frobnicate.all', []])), { 'unknown -32003': 1 }],
    ['a path that is no string', () => send(request('call', [session, { a: 1 }])), { 'unknown -32003': 1 }],
    [
      'a path that cannot be called',
      () => send(request('call', [session, 'rpc.discover'])),
      { 'unknown -32004': 1 },
    ],
    ['no such method', () => send(request('x'.repeat(5_000), [])), { 'unknown -32601': 1 }],
    ['a name of every object', () => send(request('__proto__', [])), { 'unknown -32601': 1 }],
    [
      'a method by its own name without a key',
      () => send(request('order.info', ['1'])),
      { 'order.info -32005': 1 },
    ],
    ['a parameter that it has not', () => send(request('order.info', { no: 1 })), { 'order.info -32005': 1 }],
    ['a wrong key', () => send(request('login', ['demo', 'wrong'])), { 'login -32002': 1 }],
    ['no key', () => send(request('login', ['demo'])), { 'login -32006': 1 }],
    ['no JSON', () => send('{'), { 'none -32700': 1 }],
    ['an empty body', () => send(''), { 'none -32600': 1 }],
    ['another HTTP method', () => server.rpc.raw('', {}, 'PUT'), { 'none -32600': 1 }],
    [
      'a batch that is too long',
      () => send(Array(51).fill(request('rpc.discover', []))),
      { 'none -32600': 1 },
    ],
    ['a notification', () => send(request('login', ['demo', 'wrong'], {})), { 'login -32002': 1 }],
  ]
  for (const [what, work, expected] of CASES) {
    it(`count ${what}`, async () => {
      expect(await counted(work)).to.deep.equal(expected)
    })
  }

  it('count each of a batch and of a multiCall, the latter beside its own', async () => {
    const calls = [['order.info', ['100000309']], ['order.info', ['none']], 'frobnicate.all']
    const batch = [
      request('multiCall', [session, calls]),
      request('login', ['demo', 'wrong'], { id: 2 }),
      5,
      { ...request('order.info', ['1']), params: 'x' },
    ]
    expect(await counted(() => send(batch))).to.deep.equal({
      'multiCall 0': 1,
      'order.info 0': 1,
      'order.info -32100': 1,
      'unknown -32003': 1,
      'login -32002': 1,
      'none -32600': 1,
      'none -32602': 1,
    })
  })

  it('tell how long calls took, though not those that were never begun', async () => {
    const count = async () =>
      (await scrape(server.url)).value('packhouse_rpc_call_seconds_count{method="order.info"}') ?? NaN
    const before = await count()
    await server.rpc.call('order.info', ['100000309'])
    await send('{')
    expect(await count()).to.equal(before + 1)
  })

  describe('under limits', () => {
    let limited: TestServer
    beforeEach(async () => {
      limited = await startServer({
        env: { RPC_RATE_LIMIT: '1', RPC_RATE_BURST: '2', REST_RATE_LIMIT: '1', REST_RATE_BURST: '1' },
      })
    })
    afterEach(() => limited.stop())

    const refusals = (door: string, count: number) =>
      becomes(limited.url, `packhouse_http_responses_total{door="${door}",status="429"}`, count)

    it('count what is refused by the method that was asked for, and of a batch once, and as responses of status 429', async () => {
      const login = request('login', ['demo', 'wrong'])
      const found = await counted(async () => {
        const batch = await limited.rpc.raw(JSON.stringify([login, login, login]))
        expect(batch.status).to.equal(429)
        let reply = batch
        for (let n = 0; n < 200 && (n === 0 || reply.status !== 429); n += 1)
          reply = await limited.rpc.raw(JSON.stringify(login))
        expect(reply.status).to.equal(429)
      }, limited.url)
      expect(found).to.include({ 'none -32029': 1, 'login -32029': 1 })
      await refusals('rpc', 2)
    })

    it('count what REST refuses as responses of status 429', async () => {
      const rest = createRestClient(limited.url, limited.credentials.admin.api_key)
      let refused = 0
      for (let n = 0; n < 100 && refused < 2; n += 1) {
        const { status } = await rest.get('/v1/cloud-printing/jobs')
        if (status === 429) refused += 1
      }
      expect(refused).to.equal(2)
      await refusals('rest', 2)
    })
  })
})
