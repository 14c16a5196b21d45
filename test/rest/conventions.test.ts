import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { expect } from 'chai'
import { ENVELOPE_MEMBERS } from '../helpers/envelope.ts'
import type { RestClient } from '../helpers/rest-client.ts'
import { openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

const JSON_HEADERS = { 'content-type': 'application/json' }

describe('REST conventions', () => {
  let workspace: RestWorkspace
  let admin: RestClient

  before(async () => {
    workspace = await openRestWorkspace()
    admin = workspace.admin
  })
  after(() => workspace.stop())

  describe('the envelope', () => {
    it('holds a resource with every member that the contract names', async () => {
      const { status, json } = await admin.post('/v1/merchants', { name: 'Enveloped' })
      expect(status).to.equal(201)
      expect(Object.keys(json)).to.have.members(ENVELOPE_MEMBERS)
      expect(json).to.deep.include({
        status: 201,
        message: 'Merchant created',
        code: null,
        error_code: null,
        errors: [],
        events: [],
        pagination: null,
        endpoint: '/v1/merchants',
      })
    })

    it('holds a list with its pagination, and counts in the message what it holds', async () => {
      const { json } = await admin.get('/v1/users?limit=2')
      expect(Object.keys(json)).to.have.members(ENVELOPE_MEMBERS)
      expect(json.message).to.equal('2 users retrieved')
      expect(json.pagination).to.deep.equal({ page: 1, limit: 2, has_more: true, total_count: 4 })
      expect((await admin.get('/v1/users?limit=1')).json.message).to.equal('1 user retrieved')
    })

    it('holds an error with an empty object as data and the code twice', async () => {
      const { status, json } = await admin.get('/v1/users/usr_nobody?a=1')
      expect(status).to.equal(404)
      expect(json).to.deep.equal({
        status: 404,
        message: 'User not found',
        data: {},
        code: 'not_found',
        error_code: 'not_found',
        errors: [],
        events: [],
        pagination: null,
        endpoint: '/v1/users/usr_nobody',
      })
    })

    const messages: readonly [string, string, string][] = [
      ['/v1/api-keys', 'API key', '{"name":"m","scopes":["thermal:read"]}'],
      ['/v1/merchants', 'Merchant', '{"name":"messages"}'],
      ['/v1/users', 'User', '{"username":"messages","role":"packer"}'],
      ['/v1/locations', 'Location', '{"name":"messages"}'],
    ]
    for (const [path, noun, body] of messages) {
      it(`says what was done to the ${noun}`, async () => {
        const created = await admin.send('POST', path, { headers: JSON_HEADERS, body })
        const own = `${path}/${created.json.data.id}`
        expect(created.json.message).to.equal(`${noun} created`)
        expect((await admin.get(own)).json.message).to.equal(`${noun} retrieved`)
        expect((await admin.post(own)).json.message).to.equal(`${noun} updated`)
        expect((await admin.delete(own)).json.message).to.equal(`${noun} deleted`)
        expect((await admin.get(own)).json.message).to.equal(`${noun} not found`)
      })
    }
  })

  describe('headers', () => {
    it('say JSON in UTF-8, not to be stored, on success and on errors', async () => {
      for (const path of ['/v1/users', '/v1/users/none', '/v1/nothing']) {
        const { headers } = await admin.get(path)
        expect(headers.get('content-type')).to.equal('application/json; charset=utf-8')
        expect(headers.get('cache-control')).to.equal('no-store')
      }
    })

    it('repeat a fit X-Request-Id and replace another', async () => {
      const longest = 'a'.repeat(128)
      for (const id of ['a.B_9-z', longest]) {
        const { headers } = await admin.get('/v1/users', { 'X-Request-Id': id })
        expect(headers.get('x-request-id')).to.equal(id)
      }
      for (const id of ['a b', `${longest}a`, 'ä']) {
        const { headers } = await admin.get('/v1/nothing', { 'X-Request-Id': id })
        expect(headers.get('x-request-id'))
          .to.match(/^[A-Za-z0-9._-]{1,128}$/)
          .and.not.equal(id)
      }
    })
  })

  describe('verbs', () => {
    it('of a path that has others are answered 405 with Allow', async () => {
      for (const [path, allow] of [
        ['/v1/users', 'GET, HEAD, POST'],
        ['/v1/users/usr_1', 'DELETE, GET, HEAD, POST'],
        ['/openapi.json', 'GET, HEAD'],
      ] as const) {
        for (const method of ['PUT', 'PATCH', 'OPTIONS']) {
          const { status, headers, json } = await admin.send(method, path)
          expect(status, `${method} ${path}`).to.equal(405)
          expect(json.error_code).to.equal('method_not_allowed')
          expect((headers.get('allow') ?? '').split(', ').sort().join(', ')).to.equal(allow)
        }
      }
    })

    it('HEAD answers as GET would, without the body', async () => {
      const get = await admin.get('/v1/locations')
      const head = await admin.send('HEAD', '/v1/locations')
      expect(head.status).to.equal(200)
      expect(head.text).to.equal('')
      expect(head.headers.get('content-length')).to.equal(get.headers.get('content-length'))
      expect((await admin.send('HEAD', '/v1/locations/none')).status).to.equal(404)
    })
  })

  describe('bodies', () => {
    const post = (body: string | Uint8Array, headers: Record<string, string> = JSON_HEADERS) =>
      admin.send('POST', '/v1/locations', { body, headers })

    it('may be empty or white space, which is the empty object', async () => {
      const id = await workspace.newLocation()
      for (const body of ['', ' \r\n\t']) {
        const { status } = await admin.send('POST', `/v1/locations/${id}`, { body, headers: JSON_HEADERS })
        expect(status).to.equal(200)
      }
    })

    it('need no Content-Type, and any parameter of application/json is fine', async () => {
      const types = ['application/json', 'Application/JSON; charset=UTF-8', 'application/json;a=b']
      for (const type of types) {
        expect((await post('{"name":"typed"}', { 'content-type': type })).status, type).to.equal(201)
      }
      expect((await post(new TextEncoder().encode('{"name":"untyped"}'), {})).status).to.equal(201)
    })

    it('of another type, charset or coding are 415', async () => {
      for (const headers of [
        { 'content-type': 'text/plain' },
        { 'content-type': 'application/x-www-form-urlencoded' },
        { 'content-type': 'application/jsonx' },
        { 'content-type': 'application/json; charset=latin1' },
        { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      ]) {
        const { status, json } = await post('{"name":"x"}', headers as unknown as Record<string, string>)
        expect(status, JSON.stringify(headers)).to.equal(415)
        expect(json.code).to.equal('unsupported_media_type')
      }
    })

    it('that are no JSON, no UTF-8 or nested deeper than 64 levels are invalid_json', async () => {
      const deep = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
      for (const body of ['{', '{"name":"x"', "{'name':1}", Buffer.from([0x22, 0xff, 0x22]), deep(65)]) {
        const { status, json } = await post(body)
        expect([status, json.code]).to.deep.equal([400, 'invalid_json'])
      }
      expect((await post(deep(64))).json.code).to.equal('validation_error')
    })

    it('must be objects', async () => {
      for (const body of ['[]', 'null', '1', '"x"', 'true']) {
        const { status, json } = await post(body)
        expect([status, json.code, json.errors]).to.deep.equal([
          400,
          'validation_error',
          ['body must be an object'],
        ])
      }
    })

    it('may have 1 MiB and not a byte more, however they are sent', async () => {
      const fill = (bytes: number) => `{"name":"x"}${' '.repeat(bytes - 12)}`
      expect((await post(fill(1_048_576))).status).to.equal(201)
      const { status, json } = await post(fill(1_048_577))
      expect([status, json.code]).to.deep.equal([413, 'payload_too_large'])
      expect(await postChunked(fill(1_048_577))).to.equal(413)
    })

    it('with a member named twice count its last value', async () => {
      const { json } = await post('{"name":"first","name":"last"}')
      expect(json.data.name).to.equal('last')
    })

    it('with __proto__ and the like change nothing', async () => {
      const { json } = await post(
        '{"name":"p","__proto__":{"code":"X"},"constructor":{"prototype":{"code":"Y"}}}',
      )
      expect(json.data.code).to.equal(null)
      const { json: nameless } = await post('{"__proto__":{"name":"inherited"}}')
      expect(nameless.errors).to.deep.equal(['name is missing'])
    })

    it('ignore unknown members, and null is absent', async () => {
      const { status, json } = await post('{"name":"n","code":null,"locale":null,"other":{"a":[null]}}')
      expect(status).to.equal(201)
      expect(json.data).to.include({ code: null, locale: null })
      expect((await post('{"name":null}')).json.errors).to.deep.equal(['name is missing'])
    })

    async function postChunked(body: string): Promise<number> {
      const request = httpRequest(`${workspace.server.url}/v1/locations`, {
        method: 'POST',
        headers: { 'X-API-KEY': workspace.server.credentials.admin.api_key },
      })
      const answered = once(request, 'response')
      request.write(body.slice(0, 100))
      request.end(body.slice(100))
      const [response] = await answered
      response.resume()
      return response.statusCode
    }
  })

  describe('text', () => {
    it('counts code points after trimming, and is stored as given', async () => {
      const longest = '📦'.repeat(191)
      expect((await admin.post('/v1/locations', { name: longest })).json.data.name).to.equal(longest)
      expect((await admin.post('/v1/locations', { name: `  ${longest} ` })).json.data.name).to.equal(
        `  ${longest} `,
      )
      for (const name of ['', '   ', `${longest}x`]) {
        const { json } = await admin.post('/v1/locations', { name })
        expect(json.errors).to.deep.equal(['name must have 1 to 191 characters'])
      }
    })

    it('with U+0000 or half a surrogate pair is a validation_error', async () => {
      for (const body of ['{"name":"a\\u0000b"}', '{"name":"\\ud800"}']) {
        const { status, json } = await admin.send('POST', '/v1/locations', { body, headers: JSON_HEADERS })
        expect([status, json.code]).to.deep.equal([400, 'validation_error'])
        expect(json.errors[0]).to.match(/^name must not hold/)
      }
    })
  })

  describe('validation', () => {
    it('lists every failing property, each with its path first', async () => {
      const { json } = await admin.post('/v1/api-keys?x=1', {
        name: 7,
        scopes: ['print_jobs:write', 'everything'],
        expires_at: 'tomorrow',
      })
      expect(json.code).to.equal('validation_error')
      expect(json.errors).to.have.length(3)
      expect(json.errors[0]).to.equal('name must be a string')
      expect(json.errors[1]).to.match(/^scopes\.1 must be one of api_keys:read, /)
      expect(json.errors[2]).to.match(/^expires_at must be a date/)
    })

    it('takes no number for a string and no string for a boolean', async () => {
      const { json } = await admin.post('/v1/users/usr_1', { username: 1, disabled: 'true' })
      expect(json.errors).to.deep.equal(['username must be a string', 'disabled must be true or false'])
    })
  })

  describe('ids', () => {
    it('that are malformed are unknown', async () => {
      for (const id of ['x', 'usr_', '%00', 'usr_%F0%9F%93%A6', "'--", 'a'.repeat(2000), '%2e%2e']) {
        const { status, json } = await admin.get(`/v1/users/${id}`)
        expect([status, json?.code], id).to.deep.equal([404, 'not_found'])
      }
      expect((await admin.get('/v1/users/%ff')).json.code).to.equal('not_found')
    })
  })

  describe('what is asked of no route', () => {
    it('is not_found in the envelope, with a key or without', async () => {
      for (const client of [admin, admin.as(null)]) {
        for (const path of ['/v1', '/v1/', '/v1/x', '/v1/users/a/b', '/v1/cloud-printing', '/x', '/%ff']) {
          const { status, json } = await client.get(path)
          expect([status, json.code, json.endpoint], path).to.deep.equal([404, 'not_found', path])
          expect(Object.keys(json)).to.have.members(ENVELOPE_MEMBERS)
        }
      }
    })
  })

  it('goes on after a client that broke off', async () => {
    const { port } = new URL(workspace.server.url)
    const socket = connect(Number(port), '127.0.0.1')
    const key = workspace.server.credentials.admin.api_key
    socket.write(
      `POST /v1/users HTTP/1.1\r\nHost: x\r\nPX-API-KEY: ${key}\r\nContent-Length: 50\r\n\r\n{"user`,
    )
    socket.end()
    socket.resume()
    await once(socket, 'close')
    expect((await admin.get('/v1/users')).status).to.equal(200)
  })
})

describe('REST under a base path', () => {
  it('leaves the base path out of endpoint, and serves description and page below it', async () => {
    const workspace = await openRestWorkspace({ BASE_PATH: '/tenant/a' })
    try {
      const { admin, server } = workspace
      expect((await admin.get('/v1/users?page=1')).json.endpoint).to.equal('/v1/users')
      expect((await admin.get('/v1/nothing')).json.endpoint).to.equal('/v1/nothing')
      expect((await admin.get('/openapi.json')).json.servers).to.deep.equal([{ url: '/tenant/a' }])
      expect((await admin.get('/docs')).text).to.include('src="/tenant/a/docs/start.js"')
      const outside = await fetch(new URL('/v1/users', server.url))
      expect(outside.status).to.equal(404)
      expect(await outside.json()).to.deep.include({ code: 'not_found', endpoint: '/v1/users' })
    } finally {
      await workspace.stop()
    }
  })
})
