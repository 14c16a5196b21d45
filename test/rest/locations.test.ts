import { expect } from 'chai'
import type { RestClient } from '../helpers/rest-client.ts'
import { ID_OF, openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

describe('/v1/locations', () => {
  let workspace: RestWorkspace
  let admin: RestClient

  before(async () => {
    workspace = await openRestWorkspace()
    admin = workspace.admin
  })
  after(() => workspace.stop())

  const settings = {
    name: 'Bogotá',
    code: 'BOG',
    locale: 'es-CO',
    currency: 'COP',
    time_zone: 'America/Bogota',
    language: 'es',
  }

  it('makes, shows, changes and deletes', async () => {
    const made = (await admin.post('/v1/locations', settings)).json.data
    expect(made.id).to.match(ID_OF['loc'] as RegExp)
    expect(made).to.deep.include({ object: 'location', ...settings })
    expect(made.warehouse_id).to.be.a('number')
    expect((await admin.get(`/v1/locations/${made.id}`)).json.data).to.deep.equal(made)
    const changed = (await admin.post(`/v1/locations/${made.id}`, { language: 'en', code: 'BOG2' })).json.data
    expect(changed).to.deep.include({ ...settings, language: 'en', code: 'BOG2' })
    expect(changed.updated_at > made.updated_at).to.equal(true)
    expect((await admin.delete(`/v1/locations/${made.id}`)).status).to.equal(200)
    expect((await admin.get(`/v1/locations/${made.id}`)).status).to.equal(404)
  })

  it('knows nothing of what was not said', async () => {
    expect((await admin.post('/v1/locations', { name: 'Bare' })).json.data).to.include({
      code: null,
      locale: null,
      currency: null,
      time_zone: null,
      language: null,
    })
  })

  const refused: readonly [string, unknown, RegExp][] = [
    ['locale', 'es_CO', /^locale must be a BCP 47/],
    ['locale', 'x', /^locale must be a BCP 47/],
    ['currency', 'cop', /^currency must be an ISO 4217/],
    ['currency', 'XQQ', /^currency must be an ISO 4217/],
    ['time_zone', '+02:00', /^time_zone must be an IANA/],
    ['time_zone', 'Bogota', /^time_zone must be an IANA/],
    ['language', 'fr', /^language must be one of es or en/],
    ['name', '', /^name must have 1 to 191 characters/],
    ['code', 5, /^code must be a string/],
  ]
  for (const [member, value, error] of refused) {
    it(`refuses ${member} ${JSON.stringify(value)}`, async () => {
      const { status, json } = await admin.post('/v1/locations', { ...settings, code: 'R', [member]: value })
      expect([status, json.code]).to.deep.equal([400, 'validation_error'])
      expect(json.errors).to.have.length(1)
      expect(json.errors[0]).to.match(error)
    })
  }

  for (const [member, value] of [
    ['locale', 'zh-Hant-TW'],
    ['currency', 'JPY'],
    ['time_zone', 'UTC'],
    ['time_zone', 'Asia/Calcutta'],
  ] as const) {
    it(`takes ${member} ${value} as it is`, async () => {
      const { json } = await admin.post('/v1/locations', { name: 'x', [member]: value })
      expect(json.data[member]).to.equal(value)
    })
  }

  it('keeps codes unique, and names not', async () => {
    await admin.post('/v1/locations', { name: 'Twin', code: 'TWIN' })
    const other = await workspace.newLocation('Twin')
    for (const path of ['/v1/locations', `/v1/locations/${other}`]) {
      const { status, json } = await admin.post(path, { name: 'Twin', code: 'TWIN' })
      expect([status, json.code, json.errors]).to.deep.equal([409, 'already_exists', ['code is taken']])
    }
  })

  it('keeps a location that anything refers to', async () => {
    const inUse = workspace.server.credentials.location_id
    const { status, json } = await admin.delete(`/v1/locations/${inUse}`)
    expect([status, json.code]).to.deep.equal([400, 'validation_error'])
    expect((await admin.get(`/v1/locations/${inUse}`)).status).to.equal(200)
  })

  it('forgets one that deleted users and keys alone refer to', async () => {
    const id = await workspace.newLocation()
    const user = await admin.post('/v1/users', { username: 'last', role: 'packer', location_id: id })
    const key = await workspace.keyWith(['users:read'], { limit_to_location: id })
    for (const path of [`/v1/users/${user.json.data.id}`, `/v1/api-keys/${key.id}`]) {
      expect((await admin.delete(`/v1/locations/${id}`)).status).to.equal(400)
      await admin.delete(path)
    }
    expect((await admin.delete(`/v1/locations/${id}`)).status).to.equal(200)
  })
})
