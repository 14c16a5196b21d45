import { expect } from 'chai'
import type { Caller } from '../../lib/access/caller.ts'
import type { RawReply } from '../helpers/rpc-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const USERS = 100
const BURST = 6
const CALLS_AT_ONCE = 3

interface Merchant {
  readonly session: string
  readonly order: string
}

describe('a hundred sessions at once, with limits', function () {
  this.timeout(120_000)
  let server: TestServer
  let merchants: readonly Merchant[]
  before(async () => {
    server = await startServer({
      // A token comes back in a second at best: what is counted below can't be helped along much by waiting.
      env: { RPC_RATE_LIMIT: '1', RPC_RATE_BURST: String(BURST), RPC_CONCURRENCY: String(CALLS_AT_ONCE) },
    })
    const made: Merchant[] = []
    for (let number = 1; number <= USERS; number += 1) made.push(await aMerchant(server, number))
    merchants = made
  })
  after(() => server.stop())

  const send = (session: string, path: string, args: unknown): Promise<RawReply> =>
    server.rpc.raw(
      JSON.stringify({ jsonrpc: '2.0', id: path, method: 'call', params: [session, path, args] }),
    )

  it('are all answered, each with its own merchant’s order and by its own tokens and places', async () => {
    const asked = merchants.flatMap(({ session, order }) => [
      { order, reply: send(session, 'order.search', [{}]) },
      { order, reply: send(session, 'order.info', [order]) },
      { order, reply: send(session, 'order_instruction.create', [order, `for ${order}`]) },
    ])
    for (const { order, reply } of asked) {
      const { status, headers, json } = await reply
      expect(status, order).to.equal(200)
      expect(json.error, order).to.equal(undefined)
      expect(Number(headers.get('ratelimit-remaining')), order).to.be.within(BURST - CALLS_AT_ONCE, BURST - 1)
      expect(Number(headers.get('x-concurrency-current')), order).to.be.within(1, CALLS_AT_ONCE)
      if (json.id === 'order.search') {
        expect(json.result.results.map((found: { unique_id: string }) => found.unique_id)).to.deep.equal([
          order,
        ])
      } else expect(json.result.unique_id).to.equal(order)
    }
    const { rows } = await server.db.raw(
      `select count(*)::int as count, count(distinct order_id)::int as orders from instructions`,
    )
    expect(rows[0]).to.deep.equal({ count: USERS, orders: USERS })
  })

  it('are not held up by one of them that asks for too much', async () => {
    const [greedy, ...others] = merchants as [Merchant, ...Merchant[]]
    const call = {
      jsonrpc: '2.0',
      id: 1,
      method: 'call',
      params: [greedy.session, 'order.info', [greedy.order]],
    }
    const batch = JSON.stringify(Array.from({ length: BURST + 1 }, () => call))
    const replies = await Promise.all([
      ...Array.from({ length: 3 }, () => server.rpc.raw(batch)),
      ...others.map(({ session, order }) => send(session, 'order.info', [order])),
    ])
    expect(replies.map(({ status }) => status)).to.deep.equal([429, 429, 429, ...others.map(() => 200)])
  })
})

const NOBODY_SPECIAL: Caller = {
  kind: 'key',
  id: 'key_test',
  name: 'test',
  role: null,
  scopes: [],
  merchantId: null,
  locationId: null,
}

/** With a user who is logged in, and an order; by the services, since the limits aren't for setting up. */
async function aMerchant({ services, db }: TestServer, number: number): Promise<Merchant> {
  const name = `merchant-${number}`
  const { merchantId } = await services.merchants.create(NOBODY_SPECIAL, { name })
  const { apiKey } = await services.users.create(NOBODY_SPECIAL, {
    username: name,
    role: 'merchant',
    merchantId,
  })
  const caller = await services.access.authenticate(name, apiKey)
  if (!caller) throw new Error(`${name} can't log in`)
  const order = `order-${number}`
  await db.raw(
    `insert into orders (unique_id, merchant_id, total_item_count, created_by) values (?, ?, 1, ?)`,
    [order, merchantId, caller.id],
  )
  return { session: await services.access.openSession(caller), order }
}
