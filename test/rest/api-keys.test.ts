import { expect } from 'chai'
import { SCOPES } from '../../lib/access/scope.ts'
import { apiKeyCreateBody } from '../../schemas/api-key.ts'
import type { RestClient } from '../helpers/rest-client.ts'
import { ID_OF, openRestWorkspace, type RestWorkspace, TIME } from './rest-fixtures.ts'

describe('/v1/api-keys', () => {
  let workspace: RestWorkspace
  let admin: RestClient

  beforeEach(async () => {
    workspace = await openRestWorkspace()
    admin = workspace.admin
  })
  afterEach(() => workspace.stop())

  it('knows every scope there is', () => {
    expect(apiKeyCreateBody.properties.scopes.items.enum).to.have.members([...SCOPES])
  })

  it('answers the key once, and its last four characters ever after', async () => {
    const locationId = await workspace.newLocation()
    const { json } = await admin.post('/v1/api-keys', {
      name: 'Station 4',
      scopes: ['print_jobs:write', 'print_jobs:write', 'thermal:read'],
      limit_to_location: locationId,
      expires_at: '2100-01-01',
    })
    const { api_key: apiKey, ...key } = json.data
    expect(apiKey).to.match(/^[0-9A-Za-z]{40}$/)
    expect(key.id).to.match(ID_OF['key'] as RegExp)
    expect(key.created_at).to.match(TIME).and.equal(key.updated_at)
    expect(key).to.deep.include({
      object: 'api_key',
      name: 'Station 4',
      scopes: ['print_jobs:write', 'thermal:read'],
      limit_to_location: locationId,
      expires_at: '2100-01-01T00:00:00.000Z',
      last4: apiKey.slice(-4),
    })
    expect((await admin.get(`/v1/api-keys/${key.id}`)).json.data).to.deep.equal(key)
    expect((await admin.get('/v1/api-keys')).json.data[0]).to.deep.equal(key)
    const { rows } = await workspace.server.db.raw('select * from api_keys where key_id = ?', [key.id])
    expect(JSON.stringify(rows)).to.not.include(apiKey)
  })

  it('changes what is named, at once, and leaves the rest', async () => {
    const { id, client } = await workspace.keyWith(['users:read', 'merchants:read'])
    const { json } = await admin.post(`/v1/api-keys/${id}`, { scopes: ['merchants:read'] })
    expect(json.data).to.deep.include({ name: 'test', scopes: ['merchants:read'] })
    expect((await client.get('/v1/users')).status).to.equal(403)
    expect((await client.get('/v1/merchants')).status).to.equal(200)
    await admin.post(`/v1/api-keys/${id}`, { name: 'renamed', expires_at: 4_102_444_800 })
    expect((await admin.get(`/v1/api-keys/${id}`)).json.data).to.deep.include({
      name: 'renamed',
      scopes: ['merchants:read'],
      expires_at: '2100-01-01T00:00:00.000Z',
    })
  })

  it('gives no scope that the giver lacks, in a new key or an old one', async () => {
    const { id, client } = await workspace.keyWith(['api_keys:write', 'users:read', 'print_jobs:write'])
    const fine = { name: 'x', scopes: ['users:read', 'print_jobs:read', 'api_keys:read'] }
    expect((await client.post('/v1/api-keys', fine)).status).to.equal(201)
    const { status, json } = await client.post('/v1/api-keys', {
      name: 'x',
      scopes: ['users:write', 'print_jobs:write', 'thermal:read'],
    })
    expect([status, json.code]).to.deep.equal([403, 'missing_scope'])
    expect(json.errors).to.deep.equal([
      'scopes: users:write is not a scope of this key',
      'scopes: thermal:read is not a scope of this key',
    ])
    expect((await client.post(`/v1/api-keys/${id}`, { scopes: ['users:write'] })).status).to.equal(403)
    const { id: other } = await workspace.keyWith(['thermal:write'])
    expect((await client.post(`/v1/api-keys/${other}`, { scopes: ['thermal:read'] })).status).to.equal(200)
    expect((await client.post(`/v1/api-keys/${other}`, { scopes: ['thermal:write'] })).status).to.equal(403)
  })

  it('refuses an unknown location, a past expiry and an empty list of scopes', async () => {
    const key = { name: 'x', scopes: ['users:read'] }
    const post = async (more: object) => (await admin.post('/v1/api-keys', { ...key, ...more })).json
    expect((await post({ limit_to_location: 'loc_none' })).code).to.equal('not_found')
    expect((await post({ expires_at: '2020-01-01' })).errors).to.deep.equal([
      'expires_at must be in the future',
    ])
    expect((await post({ scopes: [] })).errors).to.deep.equal(['scopes must have at least 1 item'])
  })

  it('keeps the last key that can make any key, though every key is deleted at once', async () => {
    const { json } = await admin.get('/v1/api-keys')
    const own = json.data.find(({ name }: { name: string }) => name === 'admin').id
    for (const reply of [
      await admin.delete(`/v1/api-keys/${own}`),
      await admin.post(`/v1/api-keys/${own}`, { scopes: ['users:read'] }),
      await admin.post(`/v1/api-keys/${own}`, { expires_at: '2099-01-01' }),
    ]) {
      expect([reply.status, reply.json.code]).to.deep.equal([400, 'validation_error'])
    }
    const second = await workspace.keyWith(['api_keys:write'])
    const replies = await Promise.all([
      admin.delete(`/v1/api-keys/${second.id}`),
      second.client.delete(`/v1/api-keys/${own}`),
    ])
    const left = await workspace.server
      .db('api_keys')
      .whereNull('deleted_at')
      .whereRaw(`'api_keys:write' = any (scopes)`)
    expect(left).to.have.length(1)
    expect(replies.map(({ status }) => status)).to.include(200)
  })

  it('forgets a deleted key in every answer', async () => {
    const { id } = await workspace.keyWith(['users:read'])
    const { json } = await admin.delete(`/v1/api-keys/${id}`)
    expect(json.data.id).to.equal(id)
    for (const reply of [
      await admin.get(`/v1/api-keys/${id}`),
      await admin.post(`/v1/api-keys/${id}`),
      await admin.delete(`/v1/api-keys/${id}`),
    ]) {
      expect(reply.status).to.equal(404)
    }
    expect((await admin.get('/v1/api-keys')).text).to.not.include(id)
  })
})
