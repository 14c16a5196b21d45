import { expect } from 'chai'
import type { Role } from '../../lib/access/caller.ts'
import { hashSecret, newApiKey } from '../../lib/access/secret.ts'
import { resourceMethods } from '../../lib/transport/rpc/methods.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { WAYS } from './ways.ts'

const DENIED = -32_002
const EXPIRED = -32_005
/** Neither may be the answer to a call that is allowed: it would hide the answer that counts. */
const NO_ANSWER = [-32_000, -32_001, DENIED, -32_003, -32_004, EXPIRED]

const MERCHANT: readonly Role[] = ['merchant']
const FLOOR: readonly Role[] = ['packer', 'supervisor']
const SUPERVISOR: readonly Role[] = ['supervisor']
const EVERYBODY: readonly Role[] = [...MERCHANT, ...FLOOR]

/** By contracts/rpc.md, section 5, and packing.md, a line for each method: whoever adds one says here who may call it. */
const RULES: Readonly<Record<string, readonly Role[]>> = {
  'order.create': MERCHANT,
  'order.info': EVERYBODY,
  'order.search': EVERYBODY,
  'order.cancel': MERCHANT,
  'shipment.create': MERCHANT,
  'shipment.info': EVERYBODY,
  'shipment.search': EVERYBODY,
  'package.search': EVERYBODY,
  'warehouse.list': EVERYBODY,
  'order_instruction.create': MERCHANT,
  'order_instruction.edit': MERCHANT,
  'order_instruction.list': EVERYBODY,
  'order_instruction.delete': MERCHANT,
  'packing.open': FLOOR,
  'packing.confirm': FLOOR,
  'packing.defer': FLOOR,
  'packing.reprint': FLOOR,
  'packing.finish': FLOOR,
  'packing.reopen': SUPERVISOR,
  'packing.preview': FLOOR,
  'packing.picture': FLOOR,
  'packing.stations': FLOOR,
  'print_job.create': EVERYBODY,
  'print_job.list': EVERYBODY,
  'print_job.retrieve': EVERYBODY,
  'print_job.update': EVERYBODY,
  'webhook.list': MERCHANT,
  'webhook.create': MERCHANT,
  'webhook.delete': MERCHANT,
}

function isAllowed(role: Role, path: string): boolean {
  return RULES[path]?.includes(role) ?? false
}

describe('roles', () => {
  let server: TestServer
  let paths: readonly string[]
  before(async () => {
    server = await startServer()
    paths = resourceMethods(server.services).map(({ path }) => path)
  })
  after(() => server.stop())

  const ask = async (method: string, params: readonly unknown[], headers: Record<string, string> = {}) =>
    (await server.rpc.raw(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), headers)).json

  async function login(role: Role, username: string): Promise<{ session: string; apiKey: string }> {
    const apiKey = newApiKey()
    await server.db.raw(
      `insert into users (user_id, username, role, merchant_id, api_key_hash, api_key_last4)
       select ?, ?, ?, case when ? = 'merchant' then min(merchant_id) end, ?, 'none' from merchants`,
      [`usr_${username}`, username, role, role, hashSecret(apiKey)],
    )
    return { session: (await ask('login', [username, apiKey])).result, apiKey }
  }

  it('are written down for each method that there is, and for no other', () => {
    expect(Object.keys(RULES)).to.have.members([...paths])
  })

  for (const role of EVERYBODY) {
    it(`let a ${role} call what the contract says and nothing else, whichever way it is called`, async () => {
      const { session } = await login(role, `matrix-${role}`)
      for (const path of paths) {
        const codes = []
        for (const way of Object.values(WAYS)) {
          codes.push((await way(server.rpc, { session, path, args: [] })).code)
        }
        const [code] = codes
        expect(new Set(codes), `${path}: ${codes.join()}`).to.have.length(1)
        if (isAllowed(role, path)) expect(code, path).not.to.be.oneOf(NO_ANSWER)
        else expect(code, path).to.equal(DENIED)
      }
    })
  }

  it('are of no use without a session: every method is fault 5 once it has ended', async () => {
    for (const role of EVERYBODY) {
      const { session } = await login(role, `ended-${role}`)
      await ask('endSession', [session])
      for (const [path, code] of await codesOf(session)) expect(code, path).to.equal(EXPIRED)
    }
  })

  it('are of no use when the time of the session is up: every method is fault 5', async () => {
    for (const role of EVERYBODY) {
      const username = `late-${role}`
      const { session } = await login(role, username)
      await server.db.raw(`update sessions set expires_at = now() - interval '1 ms' where user_id = ?`, [
        `usr_${username}`,
      ])
      for (const [path, code] of await codesOf(session)) expect(code, path).to.equal(EXPIRED)
    }
  })

  it('are of no use to a disabled user: fault 5 by session and 2 by key, for every method', async () => {
    for (const role of EVERYBODY) {
      const username = `disabled-${role}`
      const { session, apiKey } = await login(role, username)
      await server.db('users').where({ username }).update({ disabled_at: new Date() })
      for (const [path, code] of await codesOf(session)) expect(code, path).to.equal(EXPIRED)
      const Authorization = `Basic ${Buffer.from(`${username}:${apiKey}`).toString('base64')}`
      for (const path of paths) {
        const { error } = await ask(path, [], { Authorization })
        expect(error, path).to.deep.equal({ code: DENIED, message: 'Access denied.' })
      }
    }
  })

  it('are not asked for by nobody: without credentials every method is fault 5', async () => {
    for (const path of paths) {
      expect((await ask(path, [])).error.code, path).to.equal(EXPIRED)
      expect((await ask('call', [null, path, []])).error.code, path).to.equal(EXPIRED)
    }
  })

  it('are in rpc.discover as the contract has them, for every method that it tells of', async () => {
    const { result } = await ask('rpc.discover', [])
    const told = result.methods as { readonly name: string; readonly 'x-roles'?: readonly Role[] }[]
    const ofResources = told.filter(({ name }) => name.includes('.') && name !== 'rpc.discover')
    expect(ofResources.map(({ name }) => name)).to.have.members([...paths])
    for (const { name, 'x-roles': roles } of ofResources) {
      const allowed = EVERYBODY.filter((role) => isAllowed(role, name))
      expect(roles, name).to.have.members(allowed)
    }
    const others = told.filter(({ name }) => !paths.includes(name)).map(({ name }) => name)
    expect(others).to.have.members(['login', 'call', 'multiCall', 'endSession', 'rpc.discover'])
  })

  it('are not had by keys of other interfaces, nor by a cookie without the header of the pages', async () => {
    const { admin, supervisor } = server.credentials
    const basic = (name: string, key: string) => `Basic ${Buffer.from(`${name}:${key}`).toString('base64')}`
    const session = await server.rpc.session('supervisor')
    const strangers: readonly (readonly [who: string, headers: Record<string, string>, code: number])[] = [
      ['a key of REST', { 'PX-API-KEY': admin.api_key }, EXPIRED],
      ['a key of REST as Bearer', { Authorization: `Bearer ${admin.api_key}` }, EXPIRED],
      ['a key of REST as Basic', { Authorization: basic('admin', admin.api_key) }, DENIED],
      ["a user's key under another name", { Authorization: basic('demo', supervisor.api_key) }, DENIED],
      ["a user's key as Bearer", { Authorization: `Bearer ${supervisor.api_key}` }, EXPIRED],
      ['a session as Basic', { Authorization: basic('supervisor', session) }, DENIED],
      ['a cookie alone', { Cookie: `packhouse_session=${session}` }, EXPIRED],
    ]
    for (const path of paths) {
      for (const [who, headers, code] of strangers) {
        expect((await ask(path, [], headers)).error.code, `${who} at ${path}`).to.equal(code)
      }
    }
    const page = { Cookie: `packhouse_session=${session}`, 'X-Packhouse-Page': '1' }
    expect((await ask('packing.stations', [], page)).result).to.have.length(1)
  })

  async function codesOf(session: string): Promise<readonly (readonly [string, number | undefined])[]> {
    const codes: (readonly [string, number | undefined])[] = []
    for (const path of paths) {
      for (const [name, way] of Object.entries(WAYS)) {
        codes.push([`${path} by ${name}`, (await way(server.rpc, { session, path, args: [] })).code])
      }
    }
    return codes
  }
})
