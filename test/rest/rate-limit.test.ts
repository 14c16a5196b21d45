import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import type { RestReply } from '../helpers/rest-client.ts'
import { openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

describe('REST rate limits', () => {
  let workspace: RestWorkspace

  beforeEach(async () => {
    workspace = await openRestWorkspace({
      REST_RATE_LIMIT: '1',
      REST_RATE_BURST: '5',
      TRUST_PROXY: '127.0.0.1',
    })
  })
  afterEach(() => workspace.stop())

  const assertLimited = ({ status, json, headers }: RestReply) => {
    expect([status, json.code]).to.deep.equal([429, 'rate_limited'])
    expect(headers.get('retry-after')).to.match(/^[1-5]$/)
  }

  it('are a burst per key, told in headers on success, errors and refusals', async () => {
    const { admin } = workspace
    const remaining: number[] = []
    for (const path of [
      '/v1/users',
      '/v1/users/none',
      '/v1/users?page=0',
      '/v1/locations',
      '/v1/merchants',
    ]) {
      const { headers, status } = await admin.get(path)
      expect(status).to.be.oneOf([200, 400, 404])
      expect(headers.get('ratelimit-limit')).to.equal('5')
      expect(Number(headers.get('ratelimit-reset'))).to.be.within(1, 5)
      remaining.push(Number(headers.get('ratelimit-remaining')))
    }
    // A token may come back while the requests are made.
    expect(remaining[0]).to.equal(4)
    expect(remaining[4]).to.be.lessThan(3)
    let reply = await admin.get('/v1/users')
    for (let more = 0; reply.status === 200 && more < 5; more += 1) reply = await admin.get('/v1/users')
    assertLimited(reply)
    expect(reply.headers.get('ratelimit-remaining')).to.equal('0')
  })

  it('leave one key its requests when another has used its own', async () => {
    const { admin } = workspace
    const { client } = await workspace.keyWith(['users:read'])
    const replies = await Promise.all(Array.from({ length: 12 }, () => client.get('/v1/users')))
    expect(replies.map(({ status }) => status)).to.include(429)
    expect((await admin.get('/v1/users')).status).to.equal(200)
  })

  it('refuse a wrong key for what it is, however often it comes', async () => {
    const nobody = workspace.admin.as('wrong')
    const replies = await Promise.all(Array.from({ length: 12 }, () => nobody.get('/v1/users')))
    for (const { status, json, headers } of replies) {
      expect([status, json.code]).to.deep.equal([401, 'invalid_api_key'])
      expect(headers.get('ratelimit-limit')).to.equal(null)
    }
    expect((await workspace.admin.get('/v1/users')).status).to.equal(200)
  })

  it('hold for signing in, per address', async () => {
    const signIn = (from: string) =>
      workspace.admin
        .as(null)
        .post(
          '/v1/session',
          { username: 'packer', api_key: 'guess' },
          { 'X-Packhouse-Page': '1', 'X-Forwarded-For': from },
        )
    const replies = await Promise.all(Array.from({ length: 12 }, () => signIn('192.0.2.1')))
    assertLimited(replies.find(({ status }) => status === 429) as RestReply)
    expect((await signIn('192.0.2.2')).status).to.equal(401)
  })

  it('let every printer of a site fetch its documents from one address', async () => {
    const { admin, server } = workspace
    const { json } = await admin.post('/v1/cloud-printing/jobs', {
      location_id: server.credentials.location_id,
      data: `data:application/pdf;base64,${(await makePdf({ pages: 1, widthPt: 612, heightPt: 792 })).toString('base64')}`,
    })
    const { pathname, search } = new URL(json.data.data_url)
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => fetch(`${server.url}${pathname}${search}`)),
    )
    expect(new Set(replies.map(({ status }) => status))).to.deep.equal(new Set([200]))
    const forged = await Promise.all(
      Array.from({ length: 12 }, () => fetch(`${server.url}${pathname}?expires=1&signature=0`)),
    )
    expect(new Set(forged.map(({ status }) => status))).to.deep.equal(new Set([403]))
  })
})

describe('REST without rate limits', () => {
  it('has none of their headers', async () => {
    const workspace = await openRestWorkspace({ REST_RATE_LIMIT: '0' })
    const { headers } = await workspace.admin.get('/v1/users')
    expect(headers.get('ratelimit-limit')).to.equal(null)
    await workspace.stop()
  })
})
