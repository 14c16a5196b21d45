import { expect } from 'chai'
import type { Caller } from '../../lib/access/caller.ts'
import { GLOBAL_FAULTS } from '../../lib/transport/faults.ts'
import type { RpcRequest } from '../../lib/transport/rpc/rpc-envelope.ts'
import { refuse } from '../../lib/transport/rpc/rpc-error.ts'
import { createRpcLimits, type RpcLimits } from '../../lib/transport/rpc/rpc-limits.ts'

const ADDRESS = '192.0.2.1'
const USER: Caller = {
  kind: 'user',
  id: 'usr_1',
  name: 'demo',
  role: 'merchant',
  scopes: [],
  merchantId: 'mrch_demo',
  locationId: null,
}

describe('who pays for RPC requests', () => {
  let limits: RpcLimits
  let lookedUp: number
  beforeEach(() => {
    // So slow that no token comes back while a test runs.
    limits = createRpcLimits({ requestsPerSecond: 0.001, burst: 6, concurrency: 0 })
    lookedUp = 0
  })

  const callOf = (session: string): RpcRequest => ({
    dialect: 'standard',
    id: 1,
    isNotification: false,
    method: 'call',
    params: [session, 'warehouse.list'],
  })
  /** `user` is the one session that there is. */
  const admit = (sessions: readonly string[], address = ADDRESS) =>
    limits.admit({
      requests: sessions.map(callOf),
      size: sessions.length,
      address,
      identities: {
        of(session) {
          lookedUp += 1
          return session === 'user' ? Promise.resolve(USER) : Promise.reject(refuse(GLOBAL_FAULTS.session))
        },
        forget: () => undefined,
      },
    })
  const remaining = async (session: string, address?: string) =>
    (await admit([session], address)).headers['RateLimit-Remaining']

  it('looks up no more sessions that name nobody than the address can pay for', async () => {
    const unknown = new Array<string>(50).fill('unknown')
    const { refusal } = await admit(unknown)
    expect(refusal?.status).to.equal(429)
    expect(lookedUp, 'six are paid for, the seventh tells that it is not').to.equal(7)
    expect((await admit(unknown)).refusal?.status).to.equal(429)
    expect(lookedUp).to.equal(8)
  })

  it('says of such a batch how many calls fit', async () => {
    const { refusal } = await admit(new Array<string>(50).fill('unknown'))
    expect(refusal?.error.message).to.equal(
      'Too many requests: 50 calls in one request never fit, 6 are the most',
    )
  })

  it('charges what names nobody once', async () => {
    expect((await admit(['unknown', 'unknown'])).refusal).to.equal(null)
    expect(await remaining('unknown')).to.equal('3')
  })

  it('takes nothing from a user for a batch that the address cannot pay', async () => {
    const { refusal } = await admit(['user', ...new Array<string>(7).fill('unknown'), 'user'])
    expect(refusal?.status).to.equal(429)
    expect(await remaining('user')).to.equal('5')
  })

  it('lets a user call from an address that has no tokens left', async () => {
    await admit(new Array<string>(7).fill('unknown'))
    expect((await admit(['user'])).refusal).to.equal(null)
  })

  it('remembers what a user has spent, however many addresses come by', async () => {
    expect(await remaining('user')).to.equal('5')
    for (let index = 0; index < 10_001; index += 1) await admit(['unknown'], `2001:db8::${index}`)
    expect(await remaining('user')).to.equal('4')
    expect(await remaining('unknown', '2001:db8::10000'), 'an address that came last').to.equal('4')
  })
})
