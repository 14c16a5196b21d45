import { expect } from 'chai'
import type { RestClient } from '../helpers/rest-client.ts'
import { ID_OF, openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

describe('/v1/users', () => {
  let workspace: RestWorkspace
  let admin: RestClient

  before(async () => {
    workspace = await openRestWorkspace()
    admin = workspace.admin
  })
  after(() => workspace.stop())

  const rpc = async (method: string, params: unknown[]) => {
    const { json } = await workspace.server.rpc.raw(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))
    return json
  }
  const login = async (username: string, apiKey: string) => (await rpc('login', [username, apiKey])).result
  const isAlive = async (session: string) => {
    const { error } = await rpc('call', [session, 'packing.open', [{}]])
    return error?.code !== -32005
  }
  const create = async (body: object) => (await admin.post('/v1/users', body)).json.data

  it('makes users of each role, who can log in with the key that is answered once', async () => {
    const merchantId = await workspace.newMerchant()
    const locationId = await workspace.newLocation()
    for (const user of [
      { username: 'acme', role: 'merchant', merchant_id: merchantId },
      { username: 'maria', role: 'packer', location_id: locationId },
      { username: 'sofia', role: 'supervisor' },
    ]) {
      const { api_key: apiKey, ...made } = await create(user)
      expect(made.id).to.match(ID_OF['usr'] as RegExp)
      expect(made).to.deep.include({
        object: 'user',
        merchant_id: null,
        location_id: null,
        disabled: false,
        last4: apiKey.slice(-4),
        ...user,
      })
      expect((await admin.get(`/v1/users/${made.id}`)).json.data).to.deep.equal(made)
      expect(await login(user.username, apiKey)).to.match(/^[0-9a-f]{32}$/)
    }
  })

  it('wants a merchant for role merchant, and none for the others', async () => {
    const errors = async (body: object) => (await admin.post('/v1/users', body)).json.errors
    const merchantId = await workspace.newMerchant()
    expect(await errors({ username: 'u', role: 'merchant' })).to.deep.equal([
      'merchant_id is required with role merchant',
    ])
    expect(await errors({ username: 'u', role: 'packer', merchant_id: merchantId })).to.deep.equal([
      'merchant_id must be absent with role packer',
    ])
    expect(await errors({ username: 'u', role: 'boss' })).to.deep.equal([
      'role must be one of merchant, packer or supervisor',
    ])
  })

  it('refuses an unknown merchant or location, and a name that is taken', async () => {
    const code = async (body: object) => (await admin.post('/v1/users', body)).json.code
    expect(await code({ username: 'packer', role: 'merchant', merchant_id: 'mrch_none' })).to.equal(
      'not_found',
    )
    expect(await code({ username: 'packer', role: 'packer', location_id: 'loc_none' })).to.equal('not_found')
    const { status, json } = await admin.post('/v1/users', { username: 'packer', role: 'packer' })
    expect([status, json.code, json.errors]).to.deep.equal([409, 'already_exists', ['username is taken']])
  })

  it('lets one of many take a name', async () => {
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => admin.post('/v1/users', { username: 'wanted', role: 'packer' })),
    )
    expect(replies.map(({ status }) => status).sort()).to.deep.equal([201, ...Array(9).fill(409)])
  })

  it('ends the sessions of a user who is disabled, for good, and refuses the login', async () => {
    const { id, api_key: apiKey } = await create({ username: 'gone', role: 'packer' })
    const session = await login('gone', apiKey)
    expect(await isAlive(session)).to.equal(true)
    const { json } = await admin.post(`/v1/users/${id}`, { disabled: true })
    expect(json.data.disabled).to.equal(true)
    expect(await isAlive(session)).to.equal(false)
    expect(await login('gone', apiKey)).to.equal(undefined)
    await admin.post(`/v1/users/${id}`, { disabled: false })
    expect(await isAlive(session)).to.equal(false)
    expect(await login('gone', apiKey)).to.match(/^[0-9a-f]{32}$/)
  })

  it('ends the sessions of a user who is deleted, and frees the name', async () => {
    const first = await create({ username: 'reborn', role: 'packer' })
    const session = await login('reborn', first.api_key)
    expect((await admin.delete(`/v1/users/${first.id}`)).status).to.equal(200)
    expect(await isAlive(session)).to.equal(false)
    expect((await admin.get(`/v1/users/${first.id}`)).status).to.equal(404)
    expect((await admin.get('/v1/users?limit=100')).text).to.not.include(first.id)
    const second = await create({ username: 'reborn', role: 'packer' })
    expect(second.id).to.not.equal(first.id)
    expect(await login('reborn', first.api_key)).to.equal(undefined)
    expect(await login('reborn', second.api_key)).to.match(/^[0-9a-f]{32}$/)
  })

  it('takes the merchant from one who is no merchant any more, and wants one for who becomes one', async () => {
    const merchantId = await workspace.newMerchant()
    const { id } = await create({ username: 'career', role: 'merchant', merchant_id: merchantId })
    const packer = await admin.post(`/v1/users/${id}`, { role: 'packer', username: 'careerist' })
    expect(packer.json.data).to.include({ role: 'packer', merchant_id: null, username: 'careerist' })
    expect((await admin.post(`/v1/users/${id}`, { role: 'merchant' })).status).to.equal(400)
    const back = await admin.post(`/v1/users/${id}`, { role: 'merchant', merchant_id: merchantId })
    expect(back.json.data).to.include({ role: 'merchant', merchant_id: merchantId })
  })
})
