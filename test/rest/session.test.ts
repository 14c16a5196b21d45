import { expect } from 'chai'
import type { RestClient } from '../helpers/rest-client.ts'
import { readEvents } from '../helpers/event-stream.ts'
import { openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

const PAGE = { 'X-Packhouse-Page': '1' }

describe("a page's session", () => {
  let workspace: RestWorkspace
  let nobody: RestClient
  before(async () => {
    workspace = await openRestWorkspace()
    nobody = workspace.admin.as(null)
  })
  after(() => workspace.stop())

  const userOf = (role: 'packer' | 'supervisor' | 'rpc') => {
    const { username, api_key } = workspace.server.credentials[role]
    return { username, api_key }
  }
  /** Headers of a page on which that user signed in. */
  async function signIn(role: 'packer' | 'supervisor'): Promise<Record<string, string>> {
    const { headers } = await nobody.post('/v1/session', userOf(role), PAGE)
    return { ...PAGE, Cookie: (headers.get('set-cookie') ?? '').split(';')[0] ?? '' }
  }
  const callRpc = async (headers: Record<string, string>) =>
    (await nobody.post('/api/jsonrpc', { jsonrpc: '2.0', id: 1, method: 'packing.stations' }, headers)).json

  it('is a cookie that no script reads and no other site sends, and the answer holds no secret', async () => {
    const { status, json, headers, text } = await nobody.post('/v1/session', userOf('packer'), PAGE)
    expect([status, json.message]).to.deep.equal([201, 'Session created'])
    const { location_id } = workspace.server.credentials
    expect(json.data.user).to.include({ username: 'packer', role: 'packer', location_id })
    const cookie = headers.get('set-cookie') ?? ''
    expect(cookie).to.match(/^packhouse_session=[0-9a-f]{32}; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(text).not.to.include(cookie.slice(18, 50))
  })

  it('is Secure where the proxy was asked over https, and bound to the base path', async () => {
    const behind = await openRestWorkspace({ TRUST_PROXY: '127.0.0.1', BASE_PATH: '/floor' })
    try {
      const headers = { ...PAGE, 'X-Forwarded-Proto': 'https' }
      const { username, api_key } = behind.server.credentials.packer
      const answer = await behind.admin.as(null).post('/v1/session', { username, api_key }, headers)
      expect(answer.headers.get('set-cookie')).to.match(/; Path=\/floor; HttpOnly; Secure; SameSite=Strict$/)
      const plain = { ...PAGE, 'X-Forwarded-Proto': 'http' }
      const inside = await behind.admin.as(null).post('/v1/session', { username, api_key }, plain)
      expect(inside.headers.get('set-cookie')).not.to.include('Secure')
    } finally {
      await behind.stop()
    }
  })

  it('is not Secure by the word of somebody who is no proxy: a browser would not send it back', async () => {
    const headers = { ...PAGE, 'X-Forwarded-Proto': 'https' }
    const answer = await nobody.post('/v1/session', userOf('packer'), headers)
    expect(answer.headers.get('set-cookie')).to.include('HttpOnly').and.not.include('Secure')
  })

  it('is refused to wrong keys, to merchants, and to requests that no page made', async () => {
    const wrong = await nobody.post('/v1/session', { ...userOf('packer'), api_key: 'x' }, PAGE)
    expect([wrong.status, wrong.json.code]).to.deep.equal([401, 'invalid_api_key'])
    const merchant = await nobody.post('/v1/session', userOf('rpc'), PAGE)
    expect([merchant.status, merchant.json.code]).to.deep.equal([403, 'missing_scope'])
    const foreign = await nobody.post('/v1/session', userOf('packer'))
    expect([foreign.status, foreign.json.code]).to.deep.equal([400, 'validation_error'])
    for (const { headers } of [wrong, merchant, foreign]) expect(headers.get('set-cookie')).to.equal(null)
  })

  it('stands for the user in REST and JSON-RPC, beside the header that only pages send', async () => {
    const headers = await signIn('packer')
    const { 'X-Packhouse-Page': _header, ...withoutHeader } = headers
    expect((await nobody.get('/v1/session', headers)).json.data.user.username).to.equal('packer')
    expect((await nobody.get('/v1/session', withoutHeader)).status).to.equal(401)
    expect((await callRpc(headers)).result).to.have.length(1)
    expect((await callRpc(withoutHeader)).error.code).to.equal(-32005)
  })

  it('gives way to a key that is sent with it', async () => {
    const headers = await signIn('supervisor')
    const { client } = await workspace.keyWith(['users:read'])
    expect((await client.get('/v1/users', headers)).status).to.equal(200)
    expect((await client.get('/v1/session', headers)).json.code).to.equal('missing_scope')
    expect((await nobody.as('wrong').get('/v1/session', headers)).status).to.equal(401)
  })

  it('ends with signing out, at once and in both interfaces', async () => {
    const headers = await signIn('packer')
    const { json, headers: answered } = await nobody.delete('/v1/session', headers)
    expect(json.message).to.equal('Session deleted')
    expect(answered.get('set-cookie')).to.match(/^packhouse_session=; Path=\/; Expires=Thu, 01 Jan 1970/)
    expect((await nobody.get('/v1/session', headers)).json.code).to.equal('invalid_api_key')
    expect((await callRpc(headers)).error.code).to.equal(-32005)
  })

  it('is never read from a malformed cookie', async () => {
    for (const Cookie of [
      'packhouse_session=',
      'packhouse_session=x',
      `packhouse_session=${'0'.repeat(32)}`,
      ';;=',
    ]) {
      expect((await nobody.get('/v1/session', { ...PAGE, Cookie })).status, Cookie).to.equal(401)
    }
  })

  it('shows what is at the location of its user, and no other location', async () => {
    const elsewhere = await workspace.newLocation('Elsewhere')
    const headers = await signIn('supervisor')
    const stations = await nobody.get('/v1/cloud-printing/stations', headers)
    expect(stations.json.data).to.have.length(1)
    expect(stations.json.data[0].device_token).to.equal(null)
    const other = await nobody.get(`/v1/cloud-printing/jobs?location_id=${elsewhere}`, headers)
    expect([other.status, other.json.code]).to.deep.equal([403, 'location_access'])
  })

  it('follows events and does what its role may, with an idempotency key done once', async () => {
    const headers = await signIn('supervisor')
    const printers = await nobody.get('/v1/cloud-printing/printers?pool=LASER', headers)
    const stream = await readEvents(
      `${workspace.server.url}/v1/events?topics=cloud_printing.job.created`,
      headers,
    )
    const path = `/v1/cloud-printing/printers/${printers.json.data[0].id}/test-page`
    const once = { ...headers, 'Idempotency-Key': 'one' }
    const first = await nobody.post(path, {}, once)
    expect(first.status).to.equal(201)
    expect((await stream.next())?.event).to.equal('cloud_printing.job.created')
    stream.close()
    const again = await nobody.post(path, {}, once)
    expect(again.headers.get('idempotency-replayed')).to.equal('true')
    expect(again.json.data.id).to.equal(first.json.data.id)
  })
})
