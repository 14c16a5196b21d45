import { expect } from 'chai'
import { SCOPES } from '../../lib/access/scope.ts'
import type { RestClient } from '../helpers/rest-client.ts'
import { openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

describe('REST access', () => {
  let workspace: RestWorkspace
  let admin: RestClient

  before(async () => {
    workspace = await openRestWorkspace()
    admin = workspace.admin
  })
  after(() => workspace.stop())

  describe('a key', () => {
    it('is read from PX-API-KEY or X-API-KEY, in any case', async () => {
      const key = workspace.server.credentials.admin.api_key
      for (const header of ['PX-API-KEY', 'px-api-key', 'X-API-KEY', 'x-Api-Key']) {
        const { status } = await admin.as(null).get('/v1/users', { [header]: key })
        expect(status, header).to.equal(200)
      }
    })

    it('that is absent, unknown, deleted or expired is 401', async () => {
      const deleted = await workspace.keyWith(['users:read'])
      const expired = await workspace.keyWith(['users:read'])
      expect((await deleted.client.get('/v1/users')).status).to.equal(200)
      await admin.delete(`/v1/api-keys/${deleted.id}`)
      await workspace.server.db.raw(`update api_keys set expires_at = now() where key_id = ?`, [expired.id])
      const clients = [
        admin.as(null),
        admin.as(''),
        admin.as('unknown'),
        admin.as(workspace.server.credentials.packer.api_key),
        deleted.client,
        expired.client,
      ]
      for (const client of clients) {
        const { status, json, headers } = await client.get('/v1/users')
        expect([status, json.code]).to.deep.equal([401, 'invalid_api_key'])
        expect(headers.get('www-authenticate')).to.equal('ApiKey')
      }
    })
  })

  describe('scopes', () => {
    it('write includes read of the same resource, and read no write', async () => {
      const { client: writer } = await workspace.keyWith(['users:write'])
      const { client: reader } = await workspace.keyWith(['users:read'])
      expect((await writer.get('/v1/users')).status).to.equal(200)
      expect((await reader.post('/v1/users', {})).json.code).to.equal('missing_scope')
    })
  })

  describe('a key that is limited to a location', () => {
    let here: string
    let elsewhere: string
    let limited: RestClient

    before(async () => {
      here = await workspace.newLocation('Here')
      elsewhere = await workspace.newLocation('Elsewhere')
      limited = (await workspace.keyWith(SCOPES, { limit_to_location: here })).client
    })

    async function newUser(body: Record<string, unknown>): Promise<string> {
      return (await admin.post('/v1/users', body)).json.data.id
    }

    const refused = ({ status, json }: { status: number; json: { code: string } }) =>
      expect([status, json.code]).to.deep.equal([403, 'location_access'])

    it('lists that location and what is in it, and nothing else', async () => {
      const user = await newUser({ username: 'here', role: 'packer', location_id: here })
      await newUser({ username: 'elsewhere', role: 'packer', location_id: elsewhere })
      await newUser({ username: 'anywhere', role: 'supervisor' })
      const ids = async (path: string) =>
        (await limited.get(path)).json.data.map(({ id }: { id: string }) => id)
      expect(await ids('/v1/locations')).to.deep.equal([here])
      expect(await ids('/v1/users')).to.deep.equal([user])
      expect(await ids('/v1/merchants')).to.deep.equal([])
      expect(await ids('/v1/api-keys')).to.have.length(1)
    })

    it('reaches nothing of another location or of none', async () => {
      const merchantId = await workspace.newMerchant()
      const paths = [
        `/v1/locations/${elsewhere}`,
        `/v1/merchants/${merchantId}`,
        `/v1/users/${await newUser({ username: 'there', role: 'packer', location_id: elsewhere })}`,
        `/v1/users/${await newUser({ username: 'rover', role: 'packer' })}`,
        `/v1/users/${await newUser({ username: 'm', role: 'merchant', merchant_id: merchantId, location_id: here })}`,
        `/v1/api-keys/${(await workspace.keyWith(['users:read'])).id}`,
        `/v1/api-keys/${(await workspace.keyWith(['users:read'], { limit_to_location: elsewhere })).id}`,
      ]
      for (const path of paths) {
        refused(await limited.get(path))
        refused(await limited.post(path, {}))
        refused(await limited.delete(path))
      }
    })

    it('makes users and keys there alone, and no location or merchant', async () => {
      const user = { username: 'made', role: 'packer' }
      refused(await limited.post('/v1/users', user))
      refused(await limited.post('/v1/users', { ...user, location_id: elsewhere }))
      expect((await limited.post('/v1/users', { ...user, location_id: here })).status).to.equal(201)
      const key = { name: 'made', scopes: ['users:read'] }
      refused(await limited.post('/v1/api-keys', key))
      refused(await limited.post('/v1/api-keys', { ...key, limit_to_location: elsewhere }))
      expect((await limited.post('/v1/api-keys', { ...key, limit_to_location: here })).status).to.equal(201)
      refused(await limited.post('/v1/locations', { name: 'x' }))
      refused(await limited.post('/v1/merchants', { name: 'x' }))
    })

    it('can move no user and no key away', async () => {
      const user = await newUser({ username: 'stays', role: 'packer', location_id: here })
      refused(await limited.post(`/v1/users/${user}`, { location_id: elsewhere }))
      expect((await admin.get(`/v1/users/${user}`)).json.data.location_id).to.equal(here)
      const { id } = await workspace.keyWith(['users:read'], { limit_to_location: here })
      refused(await limited.post(`/v1/api-keys/${id}`, { limit_to_location: elsewhere }))
    })

    it('may change and read its own location', async () => {
      const { status, json } = await limited.post(`/v1/locations/${here}`, { language: 'en' })
      expect([status, json.data.language]).to.deep.equal([200, 'en'])
    })
  })

  it('an unknown id is not_found before a location is judged', async () => {
    const here = await workspace.newLocation('Mine')
    const { client } = await workspace.keyWith(['users:read'], { limit_to_location: here })
    expect((await client.get('/v1/users/usr_unknown')).status).to.equal(404)
  })
})

describe('the order of REST checks', () => {
  let workspace: RestWorkspace

  before(async () => {
    workspace = await openRestWorkspace()
  })
  after(() => workspace.stop())

  const huge = `{"name":"${'x'.repeat(1_048_576)}"`

  it('is route, verb, key, scope, size, type, JSON, properties, idempotency, existence, location, uniqueness', async () => {
    const here = await workspace.newLocation('Here')
    const { client: reader } = await workspace.keyWith(['users:read'])
    const { client: writer } = await workspace.keyWith(SCOPES, { limit_to_location: here })
    const bad = { 'content-type': 'text/plain', 'idempotency-key': 'order' }
    const fine = { 'content-type': 'application/json', 'idempotency-key': 'order' }
    const code = async (client: RestClient, [method, path, headers, body]: Step) =>
      (await client.send(method, path, { headers, body })).json.code
    const nobody = workspace.admin.as('nobody')
    const user = '{"username":"packer","role":"packer","location_id":"none"}'

    expect(await code(nobody, ['POST', '/v1/nothing', bad, huge])).to.equal('not_found')
    expect(await code(nobody, ['PUT', '/v1/users', bad, huge])).to.equal('method_not_allowed')
    expect(await code(nobody, ['POST', '/v1/users', bad, huge])).to.equal('invalid_api_key')
    expect(await code(reader, ['POST', '/v1/users', bad, huge])).to.equal('missing_scope')
    expect(await code(writer, ['POST', '/v1/users', bad, huge])).to.equal('payload_too_large')
    expect(await code(writer, ['POST', '/v1/users', bad, '{'])).to.equal('unsupported_media_type')
    expect(await code(writer, ['POST', '/v1/users', fine, '{'])).to.equal('invalid_json')
    expect(await code(writer, ['POST', '/v1/users/none', fine, '{"role":1}'])).to.equal('validation_error')
    expect(await code(writer, ['POST', '/v1/users/none', fine, '{}'])).to.equal('not_found')
    expect(await code(writer, ['POST', '/v1/users', fine, user])).to.equal('not_found')
    const taken = `{"username":"packer","role":"packer","location_id":"${here}"}`
    expect(await code(writer, ['POST', '/v1/users', fine, taken])).to.equal('already_exists')
  })

  type Step = [method: string, path: string, headers: Record<string, string>, body: string]
})
