import { expect } from 'chai'
import type { RestClient } from '../helpers/rest-client.ts'
import { openRestWorkspace, type RestWorkspace, TIME } from './rest-fixtures.ts'

const URL_TEXT = 'https://hooks.example/packhouse'

describe('/v1/webhooks', () => {
  let workspace: RestWorkspace
  let admin: RestClient

  beforeEach(async () => {
    workspace = await openRestWorkspace({ EGRESS_ALLOW: '127.0.0.1:9,[::1]:9' })
    admin = workspace.admin
  })
  afterEach(() => workspace.stop())

  const create = (body: object, client = admin) =>
    client.post('/v1/webhooks', { url: URL_TEXT, topics: ['order.*'], ...body })

  it('answers the secret once, and everything else ever after', async () => {
    const { status, json } = await create({
      topics: ['order.*', 'order.*', '*'],
      headers: { 'X-Number': 7, b: 'x' },
    })
    expect([status, json.message]).to.deep.equal([201, 'Webhook created'])
    const { secret, ...webhook } = json.data
    expect(secret).to.match(/^whsec_[0-9A-Za-z+/]{43}=$/)
    expect(webhook.id).to.match(/^whk_[0-9A-Za-z]{22}$/)
    expect(webhook.created_at).to.match(TIME).and.equal(webhook.updated_at)
    expect(webhook).to.deep.include({
      object: 'webhook',
      url: URL_TEXT,
      topics: ['order.*', '*'],
      headers: { 'X-Number': '7', b: 'x' },
      status: 'enabled',
      disabled_reason: null,
      limit_to_location: null,
    })
    expect((await admin.get(`/v1/webhooks/${webhook.id}`)).json.data).to.deep.equal(webhook)
    const list = await admin.get('/v1/webhooks')
    expect(list.json.data).to.deep.equal([webhook])
    expect(list.json.message).to.equal('1 webhook retrieved')
    expect(list.text).to.not.include(secret)
  })

  it('takes a secret of the caller, and tells a new one once more', async () => {
    const [one, two] = [24, 64].map((size) => `whsec_${Buffer.alloc(size, size).toString('base64')}`)
    const created = await create({ secret: one })
    expect(created.json.data.secret).to.equal(one)
    const path = `/v1/webhooks/${created.json.data.id}`
    const changed = await admin.post(path, { secret: two })
    expect([changed.status, changed.json.data.secret]).to.deep.equal([200, two])
    const other = await admin.post(path, { topics: ['shipment.packed'] })
    expect(other.json.data).to.not.have.property('secret')
    expect(other.json.data).to.deep.include({ url: URL_TEXT, topics: ['shipment.packed'] })
  })

  it('refuses what it could not use, and says what', async () => {
    const cases: readonly [object, RegExp][] = [
      [{ url: 'ftp://hooks.example/' }, /^url must begin with http/],
      [{ url: 'hooks.example' }, /^url must be an absolute URL/],
      [{ url: 'https://me:secret@hooks.example/' }, /^url must hold no user name/],
      [{ url: 'http://127.0.0.1/' }, /^url must not name a private/],
      [{ url: 'http://0x7f000001/' }, /^url must not name a private/],
      [{ url: 'http://[::ffff:10.0.0.1]:80/' }, /^url must not name a private/],
      [{ url: 'http://169.254.169.254/' }, /^url must not name a private/],
      [{ url: `https://hooks.example/${'x'.repeat(4096)}` }, /^url must have at most 4096/],
      [{ url: null }, /^url is missing/],
      [{ topics: [] }, /^topics must have at least 1/],
      [{ topics: ['order.created', 'order.shipped'] }, /^topics\.1 is not a topic/],
      [{ topics: ['order:created'] }, /^topics\.0 is not a topic/],
      [{ topics: 'order.created' }, /^topics must be an array/],
      [{ headers: { Host: 'x' } }, /^headers\.Host/],
      [{ headers: { 'Transfer-Encoding': 'chunked' } }, /^headers\.Transfer-Encoding/],
      [{ headers: { 'not valid': 'x' } }, /^headers\.not valid/],
      [{ headers: { 'X-A': 'a\nb' } }, /^headers\.X-A/],
      [{ headers: { 'X-A': 'a'.repeat(65_534) } }, /^headers must have at most 65536 characters together/],
      [{ secret: 'whsec_c2hvcnQ=' }, /^secret must be whsec_/],
      [{ secret: Buffer.alloc(32).toString('base64') }, /^secret must be whsec_/],
      [{ secret: `whsec_${Buffer.alloc(65).toString('base64')}` }, /^secret must be whsec_/],
    ]
    const { json } = await create({})
    for (const [body, error] of cases) {
      const reply = await create(body)
      expect([reply.status, reply.json.error_code], JSON.stringify(body)).to.deep.equal([
        400,
        'validation_error',
      ])
      expect(reply.json.errors[0], JSON.stringify(body)).to.match(error)
      if (!Object.values(body).includes(null))
        expect((await admin.post(`/v1/webhooks/${json.data.id}`, body)).status).to.equal(400)
    }
    expect((await admin.get('/v1/webhooks')).json.pagination.total_count).to.equal(1)
  })

  it('takes literal addresses that the operator allowed', async () => {
    for (const url of ['http://127.0.0.1:9/', 'http://[::1]:9/'])
      expect((await create({ url })).status).to.equal(201)
    expect((await create({ url: 'http://127.0.0.1:10/' })).status).to.equal(400)
  })

  it('belongs to the location of the key that made it', async () => {
    const [here, there] = [await workspace.newLocation('here'), await workspace.newLocation('there')]
    const scopes = ['webhooks:write']
    const hall = (await workspace.keyWith(scopes, { limit_to_location: here })).client
    const other = (await workspace.keyWith(scopes, { limit_to_location: there })).client
    const own = (await create({}, hall)).json.data
    const foreign = (await create({}, other)).json.data
    const everywhere = (await create({})).json.data
    expect(own.limit_to_location).to.equal(here)
    const ids = async (client: RestClient) =>
      (await client.get('/v1/webhooks')).json.data.map(({ id }: { id: string }) => id)
    expect(await ids(hall)).to.deep.equal([own.id])
    expect(await ids(admin)).to.deep.equal([everywhere.id, foreign.id, own.id])
    for (const { id } of [foreign, everywhere]) {
      for (const reply of [
        await hall.get(`/v1/webhooks/${id}`),
        await hall.post(`/v1/webhooks/${id}`, { status: 'disabled' }),
        await hall.delete(`/v1/webhooks/${id}`),
        await hall.get(`/v1/webhooks/${id}/deliveries`),
        await hall.post(`/v1/webhooks/${id}/deliveries/dlv_x/redeliver`),
      ])
        expect([reply.status, reply.json.code]).to.deep.equal([403, 'location_access'])
    }
  })

  it('is gone once deleted', async () => {
    const { id } = (await create({})).json.data
    expect((await admin.delete(`/v1/webhooks/${id}`)).json.data.id).to.equal(id)
    for (const reply of [
      await admin.get(`/v1/webhooks/${id}`),
      await admin.post(`/v1/webhooks/${id}`),
      await admin.delete(`/v1/webhooks/${id}`),
      await admin.get(`/v1/webhooks/${id}/deliveries`),
    ])
      expect([reply.status, reply.json.code]).to.deep.equal([404, 'not_found'])
  })

  it('is switched off and on by its status', async () => {
    const { id } = (await create({})).json.data
    const set = async (body: object) => (await admin.post(`/v1/webhooks/${id}`, body)).json
    expect((await set({ status: 'disabled' })).data).to.include({ status: 'disabled' })
    expect((await set({ status: 'disabled' })).data.disabled_reason).to.equal('disabled by an API key')
    expect((await set({ status: 'enabled' })).data).to.include({ status: 'enabled', disabled_reason: null })
    expect((await set({ status: 'paused' })).errors[0]).to.match(/^status must be one of/)
  })

  it('needs the scope of webhooks', async () => {
    const reader = (await workspace.keyWith(['webhooks:read'])).client
    expect((await reader.get('/v1/webhooks')).status).to.equal(200)
    expect((await create({}, reader)).json.code).to.equal('missing_scope')
    const { client } = await workspace.keyWith(['print_jobs:write'])
    expect((await client.get('/v1/webhooks')).json.code).to.equal('missing_scope')
  })

  it('refuses filters of deliveries that are outside their enumeration, and finds nothing for unknown ids', async () => {
    const { id } = (await create({})).json.data
    const get = (query: string) => admin.get(`/v1/webhooks/${id}/deliveries?${query}`)
    expect((await get('status=lost')).status).to.equal(400)
    for (const query of [
      'event_id=evt_none',
      'type=nothing',
      'event_id=%00',
      'status=failed&type=order.created',
    ])
      expect((await get(query)).json.data, query).to.deep.equal([])
  })
})
