import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import type { RawReply } from '../helpers/rpc-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

describe('the limits of the RPC endpoint', function () {
  this.timeout(30_000)
  let server: TestServer
  afterEach(() => server.stop())

  const start = async (env: Record<string, string>) => {
    server = await startServer({
      env: { RPC_RATE_LIMIT: '1', RPC_RATE_BURST: '6', RPC_CONCURRENCY: '0', ...env },
    })
  }
  const callOf = (session: string, id: number | string = 1) => ({
    jsonrpc: '2.0',
    id,
    method: 'call',
    params: [session, 'order.info', ['100000309']],
  })
  const send = (body: unknown) => server.rpc.raw(JSON.stringify(body))
  /** Tokens come back while a slow machine sends, so the burst is over when it is over. */
  const untilRefused = async (ask: () => Promise<RawReply>): Promise<RawReply[]> => {
    const replies: RawReply[] = []
    while (replies.at(-1)?.status !== 429 && replies.length < 200) replies.push(await ask())
    expect(replies.at(-1)?.status).to.equal(429)
    return replies
  }

  it('gives a user its burst over all its sessions, then 429 with the time to wait', async () => {
    await start({})
    const one = await server.rpc.session('demo')
    const { json } = await send({
      jsonrpc: '2.0',
      id: 1,
      method: 'login',
      params: ['demo', server.credentials.rpc.api_key],
    })
    let call = 0
    const replies = await untilRefused(() => send(callOf(call++ % 2 === 0 ? one : json.result, 'a')))
    expect(replies[0]?.headers.get('ratelimit-limit')).to.equal('60')
    expect(replies[0]?.headers.get('ratelimit-remaining')).to.equal('5')
    expect(replies.length, 'the burst at least').to.be.above(6)
    const refused = replies.at(-1)
    expect(refused?.json).to.deep.equal({
      jsonrpc: '2.0',
      id: 'a',
      error: { code: -32029, message: 'Too many requests', data: { retry_after: 1 } },
    })
    expect(refused?.headers.get('retry-after')).to.equal('1')
    expect(refused?.headers.get('ratelimit-remaining')).to.equal('0')
    const other = await server.rpc.session('demo-other')
    expect((await send(callOf(other))).status, 'another user has its own').to.equal(200)
  })

  it('charges a batch and a multiCall per call, and refuses them whole', async () => {
    await start({})
    const session = await server.rpc.session('demo')
    const create = (note: string) => ({
      jsonrpc: '2.0',
      id: note,
      method: 'call',
      params: [session, 'order_instruction.create', ['100000309', note]],
    })
    const refused = await send(Array.from({ length: 7 }, (_, index) => create(`n${index}`)))
    expect(refused.status).to.equal(429)
    expect(refused.json).to.include({ jsonrpc: '2.0', id: null })
    const calls = Array.from({ length: 7 }, () => ['order_instruction.create', ['100000309', 'x']])
    const multi = await send({ jsonrpc: '2.0', id: 1, method: 'multiCall', params: [session, calls] })
    expect(multi.status).to.equal(429)
    const listed = await send([
      { ...callOf(session), params: [session, 'order_instruction.list', ['100000309']] },
    ])
    expect(listed.json[0].result).to.deep.equal([])
  })

  it('counts logins and what names no valid user per client address, apart from users', async () => {
    await start({})
    const session = await server.rpc.session('demo')
    await untilRefused(() => send(callOf('0'.repeat(32))))
    expect((await send({ jsonrpc: '2.0', id: 1, method: 'login', params: ['x', 'y'] })).status).to.equal(429)
    expect((await server.rpc.raw('{')).status, 'what cannot be read counts too').to.equal(429)
    expect((await send(callOf(session))).status).to.equal(200)
  })

  it('answers 409 to more requests at once than a user may have, and counts them down again', async () => {
    await start({ RPC_RATE_LIMIT: '0', RPC_CONCURRENCY: '2' })
    const session = await server.rpc.session('demo')
    const create = { ...callOf(session), params: [session, 'order_instruction.create', ['100000309', 'x']] }
    const lock = await server.db.transaction()
    await lock.raw(`select from orders where unique_id = '100000309' for update`)
    const held = [send(create), send(create)]
    try {
      const refused = await eventually('two are in progress', async () => {
        const reply = await send(callOf(session, 7))
        return reply.status === 409 ? reply : undefined
      })
      expect(refused.json).to.deep.include({ jsonrpc: '2.0', id: 7 })
      expect(refused.json.error.code).to.equal(-32009)
      expect(refused.headers.get('x-concurrency-limit')).to.equal('2')
      expect(refused.headers.get('x-concurrency-current')).to.equal('2')
    } finally {
      // Whatever went wrong, the server can't stop while they wait.
      await lock.commit()
    }
    expect((await Promise.all(held)).map(({ status }) => status)).to.deep.equal([200, 200])
    const last = await send(callOf(session))
    expect(last.status).to.equal(200)
    expect(last.headers.get('x-concurrency-current')).to.equal('1')
  })

  it('takes nothing from anybody for a batch that one of its users cannot pay', async () => {
    await start({})
    const mine = await server.rpc.session('demo')
    const theirs = await server.rpc.session('demo-other')
    await untilRefused(() => send(callOf(theirs)))
    const refused = await send([
      ...Array.from({ length: 4 }, () => callOf(mine)),
      ...[1, 2, 3].map(() => callOf(theirs)),
    ])
    expect(refused.status).to.equal(429)
    expect(Number((await send(callOf(mine))).headers.get('ratelimit-remaining'))).to.equal(5)
  })

  it('says of a batch larger than a burst that it never fits', async () => {
    await start({})
    const session = await server.rpc.session('demo')
    const { json } = await send(Array.from({ length: 7 }, () => callOf(session)))
    expect(json.error.message).to.equal('Too many requests: 7 calls in one request never fit, 6 are the most')
  })

  it('sends no header of a limit that is switched off', async () => {
    await start({ RPC_RATE_LIMIT: '0' })
    const { headers } = await send(callOf(await server.rpc.session('demo')))
    for (const name of [
      'ratelimit-limit',
      'ratelimit-remaining',
      'x-concurrency-limit',
      'x-concurrency-current',
    ]) {
      expect(headers.get(name), name).to.equal(null)
    }
  })

  it('ends a session for the rest of its batch', async () => {
    await start({ RPC_RATE_LIMIT: '0' })
    const session = await server.rpc.session('demo')
    const { json } = await send([
      callOf(session, 1),
      { jsonrpc: '2.0', id: 2, method: 'endSession', params: [session] },
      callOf(session, 3),
    ])
    expect(json.map((reply: { error?: { code: number } }) => reply.error?.code)).to.deep.equal([
      undefined,
      undefined,
      -32005,
    ])
  })
})
