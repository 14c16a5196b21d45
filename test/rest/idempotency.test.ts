import { expect } from 'chai'
import type { RestClient, RestReply } from '../helpers/rest-client.ts'
import { createRestClient } from '../helpers/rest-client.ts'
import { startServerProcess } from '../helpers/server-process.ts'
import { openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

describe('REST idempotency', () => {
  let workspace: RestWorkspace
  let admin: RestClient

  before(async () => {
    workspace = await openRestWorkspace()
    admin = workspace.admin
  })
  after(() => workspace.stop())

  const make = (key: string, body: unknown = { name: 'Once' }, client = admin): Promise<RestReply> =>
    client.post('/v1/locations', body, { 'Idempotency-Key': key })
  const countOf = async (name: string): Promise<number> => {
    const rows = await workspace.server.db('locations').where({ name })
    return rows.length
  }

  it('answers the same request with the stored status and body, and does nothing again', async () => {
    const first = await make('same', { name: 'Same' })
    const again = await make('same', { name: 'Same' })
    expect(first.headers.get('idempotency-replayed')).to.equal(null)
    expect(again.headers.get('idempotency-replayed')).to.equal('true')
    expect([again.status, again.text]).to.deep.equal([201, first.text])
    expect(await countOf('Same')).to.equal(1)
  })

  it('compares bodies as JSON values', async () => {
    const send = (body: string) =>
      admin.send('POST', '/v1/locations', {
        body,
        headers: { 'content-type': 'application/json', 'x-idempotency-key': 'value' },
      })
    await send('{"name":"Value","other":[1,{"a":2,"b":10}]}')
    const again = await send('{ "other": [1.0, {"b":1e1, "a":2}],\n "name": "V\\u0061lue" }')
    expect(again.headers.get('idempotency-replayed')).to.equal('true')
    const { status, json } = await send('{"name":"Value","other":[{"a":2,"b":10},1]}')
    expect([status, json.code]).to.deep.equal([422, 'idempotency_key_reused'])
  })

  it('reads both headers, quoted or bare', async () => {
    const first = await make('"quoted"', { name: 'Quoted' })
    for (const headers of [{ 'Idempotency-Key': 'quoted' }, { 'X-Idempotency-Key': '"quoted"' }]) {
      const { text } = await admin.post(
        '/v1/locations',
        { name: 'Quoted' },
        headers as unknown as Record<string, string>,
      )
      expect(text).to.equal(first.text)
    }
  })

  it('takes keys of 1 to 255 characters', async () => {
    expect((await make('k'.repeat(255))).status).to.equal(201)
    for (const key of ['k'.repeat(256), '""', '']) {
      const { status, json } = await make(key)
      expect([status, json.code]).to.deep.equal([400, 'validation_error'])
      expect(json.errors).to.deep.equal(['idempotency-key must have 1 to 255 characters'])
    }
  })

  it('tells API keys, verbs and paths apart', async () => {
    const { client } = await workspace.keyWith(['locations:write', 'merchants:write'])
    const [mine, theirs] = [await make('apart'), await make('apart', { name: 'Once' }, client)]
    expect(theirs.headers.get('idempotency-replayed')).to.equal(null)
    expect(theirs.json.data.id).to.not.equal(mine.json.data.id)
    const other = await client.post('/v1/merchants', { name: 'Once' }, { 'Idempotency-Key': 'apart' })
    expect(other.json.data.object).to.equal('merchant')
    const own = await client.post(`/v1/locations/${theirs.json.data.id}`, {}, { 'Idempotency-Key': 'apart' })
    expect(own.status).to.equal(200)
  })

  it('takes a path for the same however it is spelled', async () => {
    const id = await workspace.newLocation()
    const headers = { 'Idempotency-Key': 'spelled' }
    await admin.post(`/v1/locations/${id}`, { name: 'Spelled' }, headers)
    for (const path of [`/v1/locations/${id}/`, `/v1/locations/${id.replace('_', '%5F')}`]) {
      const again = await admin.post(path, { name: 'Spelled' }, headers)
      expect(again.headers.get('idempotency-replayed'), path).to.equal('true')
    }
    const made = await make('slash', { name: 'Slash' })
    const again = await admin.post('/v1/locations/', { name: 'Slash' }, { 'Idempotency-Key': 'slash' })
    expect(again.json.data.id).to.equal(made.json.data.id)
  })

  it('frees the key after any answer but a 2xx', async () => {
    const code = { name: 'Freed', code: 'FREED' }
    const { json } = await admin.post('/v1/locations', { ...code, name: 'First' })
    expect((await make('freed', code)).json.code).to.equal('already_exists')
    await admin.delete(`/v1/locations/${json.data.id}`)
    expect((await make('freed', code)).status).to.equal(201)
    expect((await make('freed-form', { name: 1 })).status).to.equal(400)
    expect((await make('freed-form', { name: 'Form' })).status).to.equal(201)
  })

  it('lets one of 20 at once through, at two servers; the others are told so or get its answer', async () => {
    const second = await startServerProcess({ ...workspace.server.env })
    try {
      const clients = [admin, createRestClient(second.baseUrl, workspace.server.credentials.admin.api_key)]
      const replies = await Promise.all(
        Array.from({ length: 20 }, (_, n) => make('race', { name: 'Race' }, clients[n % 2] as RestClient)),
      )
      const created = replies.filter(({ status }) => status === 201)
      const replayed = created.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')
      expect(created.length - replayed.length).to.equal(1)
      expect(new Set(created.map(({ text }) => text))).to.have.property('size', 1)
      for (const { status, json } of replies.filter((reply) => !created.includes(reply))) {
        expect([status, json.code]).to.deep.equal([409, 'idempotency_in_progress'])
      }
      expect(await countOf('Race')).to.equal(1)
    } finally {
      second.kill('SIGTERM')
      await second.ended
    }
  })

  it('keeps an answer for 24 hours, and a request in progress for minutes', async () => {
    const { db } = workspace.server
    await db('idempotency_keys').delete()
    await make('kept', { name: 'Kept' })
    const [row] = await db('idempotency_keys').select(
      db.raw(`extract(epoch from expires_at - created_at) as s`),
    )
    expect(Number(row.s)).to.be.within(86_399, 86_402)
  })

  it('takes a key over from a server that died while its request was in progress', async () => {
    const { db } = workspace.server
    await db('idempotency_keys').delete()
    await make('dead', { name: 'Dead' })
    const died = { status: null, sealed_answer: null }
    await db('idempotency_keys').update({ ...died, expires_at: db.raw(`now() + interval '1 minute'`) })
    expect((await make('dead', { name: 'Dead' })).json.code).to.equal('idempotency_in_progress')
    expect((await make('dead', { name: 'Other' })).json.code).to.equal('idempotency_key_reused')
    await db('idempotency_keys').update({ expires_at: db.raw('now()') })
    expect((await make('dead', { name: 'Dead' })).status).to.equal(201)
    expect(await countOf('Dead')).to.equal(2)
  })

  it('forgets what is older, a bounded number with each request', async () => {
    const { db } = workspace.server
    await db('idempotency_keys').delete()
    await db.raw(
      `insert into idempotency_keys (idempotency_hash, request_hash, lease_id, expires_at)
       select sha256(n::text::bytea), '', gen_random_uuid(), now() - interval '1 day' from generate_series(1, 150) as n`,
    )
    await make('cleaner')
    expect(Number((await db('idempotency_keys').count())[0]?.['count'])).to.equal(51)
    await make('cleaner-2')
    expect(Number((await db('idempotency_keys').count())[0]?.['count'])).to.equal(2)
  })

  it('stores no API key that can be read, and answers it again all the same', async () => {
    const { db } = workspace.server
    await db('idempotency_keys').delete()
    const body = { name: 'sealed', scopes: ['users:read'] }
    const send = () => admin.post('/v1/api-keys', body, { 'Idempotency-Key': 'sealed' })
    const apiKey = (await send()).json.data.api_key
    expect((await send()).json.data.api_key).to.equal(apiKey)
    const [row] = await db('idempotency_keys').select('sealed_answer')
    expect(row.sealed_answer.toString('latin1')).to.not.include(apiKey).and.not.include('api_key')
  })

  it('is not asked for GET and DELETE', async () => {
    const id = await workspace.newLocation()
    const headers = { 'Idempotency-Key': 'k'.repeat(300) }
    expect((await admin.get(`/v1/locations/${id}`, headers)).status).to.equal(200)
    expect((await admin.delete(`/v1/locations/${id}`, headers)).status).to.equal(200)
  })
})
