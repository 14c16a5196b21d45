import { request as httpRequest } from 'node:http'
import { expect } from 'chai'
import type { RawReply } from '../helpers/rpc-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const BODY_BYTES_MAX = 41_943_040
const INVALID_REQUEST = -32600
const PARSE_ERROR = -32700
const METHOD_NOT_FOUND = -32601
const INVALID_PARAMS = -32602
/** The endpoint's one method that needs neither credentials nor arguments. */
const PING = { jsonrpc: '2.0', id: 1, method: 'endSession' }
const PONG = '{"jsonrpc":"2.0","id":1,"result":true}'

describe('the envelope of JSON-RPC', () => {
  let server: TestServer
  let post: (body: string | Uint8Array, headers?: Record<string, string>) => Promise<RawReply>
  before(async () => {
    server = await startServer({ env: { RPC_RATE_LIMIT: '0', RPC_CONCURRENCY: '0' } })
    post = (body, headers) => server.rpc.raw(body, headers)
  })
  after(() => server.stop())

  const ping = (members: Record<string, unknown> = {}) => JSON.stringify({ ...PING, ...members })

  async function expectRefusal(body: string | Uint8Array, code: number, id: unknown = null): Promise<void> {
    const { status, json } = await post(body)
    const what = typeof body === 'string' ? body.slice(0, 80) : 'bytes'
    expect(status, what).to.equal(200)
    expect(Object.keys(json), what).to.deep.equal(['jsonrpc', 'id', 'error'])
    expect(json.error.code, what).to.equal(code)
    expect(json.error.message, what).to.be.a('string')
    expect(json.id, what).to.equal(id)
  }

  describe('over HTTP', () => {
    for (const suffix of ['', '/', '?a=b', '/?a=b', '?jsonrpc=1.0&method=login']) {
      it(`answers at /api/jsonrpc${suffix} without a redirect`, async () => {
        const reply = await fetch(`${server.url}/api/jsonrpc${suffix}`, {
          method: 'POST',
          body: ping(),
          redirect: 'manual',
        })
        expect(reply.status).to.equal(200)
        expect(await reply.text()).to.equal(PONG)
      })
    }

    it('answers at no other spelling of its path', async () => {
      for (const path of ['/API/jsonrpc', '/api/JSONRPC', '/Api/JsonRpc/']) {
        const reply = await fetch(`${server.url}${path}`, { method: 'POST', body: ping() })
        expect(reply.status, path).to.equal(404)
      }
    })

    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      it(`refuses ${method} with 405`, async () => {
        const { status, headers, json } = await server.rpc.raw(ping(), {}, method)
        expect(status).to.equal(405)
        expect(headers.get('Allow')).to.equal('POST')
        expect(json).to.deep.include({ jsonrpc: '2.0', id: null })
        expect(json.error.code).to.equal(INVALID_REQUEST)
      })
    }

    it('refuses HEAD with 405 and no body', async () => {
      const { status, headers, text } = await server.rpc.raw('', {}, 'HEAD')
      expect({ status, allow: headers.get('Allow'), text }).to.deep.equal({
        status: 405,
        allow: 'POST',
        text: '',
      })
    })

    const TYPES = [
      'application/json',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'x',
    ]
    it('reads JSON whatever Content-Type says, or without one', async () => {
      for (const type of TYPES)
        expect((await post(ping(), { 'Content-Type': type })).text, type).to.equal(PONG)
      expect((await post(ping(), { 'Content-Type': 'application/json; charset=utf-16' })).text).to.equal(PONG)
      expect((await post(Buffer.from(ping()))).text).to.equal(PONG)
    })

    it('does not interpret Content-Encoding', async () => {
      expect((await post(ping(), { 'Content-Encoding': 'gzip' })).text).to.equal(PONG)
    })

    it('skips one byte order mark', async () => {
      expect((await post(`\uFEFF${ping()}`)).text).to.equal(PONG)
      await expectRefusal(`\uFEFF\uFEFF${ping()}`, PARSE_ERROR)
      await expectRefusal('\uFEFF\uFEFF', PARSE_ERROR)
    })

    it('answers JSON that is not to be stored, with the id of the request', async () => {
      for (const body of [ping(), ping({ method: 'frobnicate' }), '{', '']) {
        const { headers } = await post(body, { 'X-Request-Id': 'my-Request_1.0' })
        expect(headers.get('Content-Type')).to.equal('application/json')
        expect(headers.get('Cache-Control')).to.equal('no-store')
        expect(headers.get('X-Request-Id')).to.equal('my-Request_1.0')
      }
    })

    it('gives a request an id of its own where the one it has is unfit', async () => {
      for (const id of ['', 'a b', 'ä'.normalize('NFC'), 'x'.repeat(129), 'a/b']) {
        const { headers } = await post(ping(), { 'X-Request-Id': id })
        expect(headers.get('X-Request-Id'), id).to.match(/^[0-9a-f-]{36}$/)
      }
      const longest = 'x'.repeat(128)
      expect((await post(ping(), { 'X-Request-Id': longest })).headers.get('X-Request-Id')).to.equal(longest)
    })

    it('answers in UTF-8', async () => {
      expect((await post(ping({ id: 'Straße 🚚' }))).json.id).to.equal('Straße 🚚')
    })
  })

  describe('size and depth', () => {
    const padded = (bytes: number) => Buffer.from(ping().padEnd(bytes, ' '))

    it('reads 40 MiB', async () => {
      expect((await post(padded(BODY_BYTES_MAX))).text).to.equal(PONG)
    })

    it('refuses one byte more with 413, whether it was declared or sent', async () => {
      const declared = await post(padded(BODY_BYTES_MAX + 1))
      const sent = await sendChunked(`${server.url}/api/jsonrpc`, padded(BODY_BYTES_MAX + 1))
      for (const { status, text } of [declared, sent]) {
        expect(status).to.equal(413)
        expect(text).to.match(/^\{"jsonrpc":"2\.0","id":null,"error":\{"code":-32013,"message":"[^"]+"\}\}$/)
      }
    })

    it('refuses a declared 10 GB before they are sent', async () => {
      const status = await declareOnly(`${server.url}/api/jsonrpc`, 10_000_000_000)
      expect(status).to.equal(413)
    })

    const nested = (levels: number, [open, close]: readonly [string, string]) =>
      `{"jsonrpc":"2.0","id":1,"method":"endSession","params":${open.repeat(levels - 1)}${close.repeat(levels - 1)}}`

    it('reads 64 levels and refuses 65', async () => {
      expect((await post(nested(64, ['[', ']']))).text).to.equal(PONG)
      await expectRefusal(nested(65, ['[', ']']), INVALID_REQUEST)
      await expectRefusal(nested(65, ['{"a":', '}']).replace('}}', '1}}'), INVALID_REQUEST)
      await expectRefusal(nested(100_000, ['[', ']']), INVALID_REQUEST)
      await expectRefusal('['.repeat(100_000), INVALID_REQUEST)
    })

    it('counts no brackets within strings', async () => {
      const id = `\\"${'[{'.repeat(200)}\\\\`
      expect((await post(ping({ id }))).json).to.deep.equal({ jsonrpc: '2.0', id, result: true })
    })
  })

  describe('keys', () => {
    it('takes the last of duplicate keys', async () => {
      const body =
        '{"jsonrpc":"1.0","id":7,"method":"frobnicate","jsonrpc":"2.0","id":8,"method":"endSession"}'
      expect((await post(body)).text).to.equal('{"jsonrpc":"2.0","id":8,"result":true}')
    })

    for (const key of ['__proto__', 'constructor', 'prototype']) {
      it(`treats ${key} as a key like any other`, async () => {
        const beside = `{"jsonrpc":"2.0","id":1,"method":"endSession","${key}":{"method":"login","polluted":1}}`
        expect((await post(beside)).text).to.equal(PONG)
        await expectRefusal(`{"jsonrpc":"2.0","id":1,"${key}":{"method":"endSession"}}`, INVALID_REQUEST, 1)
        await expectRefusal(
          `{"jsonrpc":"2.0","id":1,"method":"endSession","params":{"${key}":{"session":"x"}}}`,
          INVALID_PARAMS,
          1,
        )
        expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined)
      })
    }
  })

  describe('dialects', () => {
    const FAILURE = '"error":{"code":-32601,"message":"Method not found"}'
    const cases: readonly (readonly [name: string, opening: string, success: string, failure: string])[] = [
      [
        '"2.0"',
        '"jsonrpc":"2.0",',
        '{"jsonrpc":"2.0","id":1,"result":true}',
        `{"jsonrpc":"2.0","id":1,${FAILURE}}`,
      ],
      [
        '2.0',
        '"jsonrpc":2.0,',
        '{"jsonrpc":2.0,"id":1,"error":null,"result":true}',
        `{"jsonrpc":2.0,"id":1,${FAILURE}}`,
      ],
      [
        '2',
        '"jsonrpc":2,',
        '{"jsonrpc":2.0,"id":1,"error":null,"result":true}',
        `{"jsonrpc":2.0,"id":1,${FAILURE}}`,
      ],
      ['nothing', '', '{"id":1,"error":null,"result":true}', `{"id":1,${FAILURE}}`],
    ]
    for (const [name, opening, success, failure] of cases) {
      it(`answers ${name} in its own form, members in order`, async () => {
        expect((await post(`{${opening}"id":1,"method":"endSession"}`)).text).to.equal(success)
        expect((await post(`{${opening}"id":1,"method":"frobnicate"}`)).text).to.equal(failure)
      })
    }

    it('refuses every other version in the first form', async () => {
      for (const version of [
        '"1.0"',
        '"2"',
        '"2.00"',
        '""',
        '1',
        '2.1',
        'null',
        'true',
        '[]',
        '{}',
        '["2.0"]',
      ]) {
        await expectRefusal(`{"jsonrpc":${version},"id":1,"method":"endSession"}`, INVALID_REQUEST, 1)
      }
    })

    it('lets each reply of a batch follow its own request', async () => {
      const { text } = await post(
        `[${cases.map(([, opening]) => `{${opening}"id":1,"method":"endSession"}`)}]`,
      )
      expect(text).to.equal(`[${cases.map(([, , success]) => success)}]`)
    })
  })

  describe('reading a request', () => {
    it('refuses an empty body and white space as no request', async () => {
      for (const body of ['', ' ', '\t\r\n \n', '\uFEFF', '\uFEFF '])
        await expectRefusal(body, INVALID_REQUEST)
    })

    it('refuses what is not JSON in UTF-8 as unreadable', async () => {
      const latin1 = Buffer.from('{"jsonrpc":"2.0","id":"é","method":"endSession"}', 'latin1')
      const utf16 = Buffer.from(`\uFEFF${ping()}`, 'utf16le')
      const texts = [
        '{',
        '{"a":1,}',
        "{'a':1}",
        'undefined',
        `${ping()}x`,
        '\u00A0',
        '[1,]',
        'NaN',
        '{"id":01}',
        '"\n"',
      ]
      for (const body of [...texts, latin1, utf16, Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])]) {
        await expectRefusal(body, PARSE_ERROR)
      }
    })

    it('refuses what is neither object nor array', async () => {
      for (const body of ['5', 'null', '"x"', 'true', '1.5', '0']) await expectRefusal(body, INVALID_REQUEST)
    })

    it('refuses a request without a method that is a string', async () => {
      await expectRefusal('{"jsonrpc":"2.0","id":"a"}', INVALID_REQUEST, 'a')
      for (const method of ['null', '1', '[]', '{}', 'true']) {
        await expectRefusal(`{"jsonrpc":"2.0","id":"a","method":${method}}`, INVALID_REQUEST, 'a')
      }
      await expectRefusal('{"jsonrpc":"2.0"}', INVALID_REQUEST)
    })

    it('refuses a method that names nothing here', async () => {
      const names = [
        'frobnicate',
        '9$',
        'toString',
        '__proto__',
        '',
        ' ',
        'constructor',
        'order.frobnicate',
        'Login',
      ]
      for (const method of [...names, 'order_instruction.info', 'a\0b', 'x'.repeat(100_000)]) {
        await expectRefusal(ping({ method }), METHOD_NOT_FOUND, 1)
      }
    })

    it('takes params that are absent, null, by position or by name', async () => {
      for (const params of [undefined, null, [], {}, ['x'], ['x', 1, 2], { session: 'x' }]) {
        expect((await post(ping({ params }))).text, JSON.stringify(params)).to.equal(PONG)
      }
    })

    it('refuses unknown names and params of other types', async () => {
      for (const params of [
        { frobnicate: 1 },
        { session: null, x: 1 },
        { toString: 1 },
        5,
        0,
        'x',
        '',
        true,
        false,
      ]) {
        await expectRefusal(ping({ params }), INVALID_PARAMS, 1)
      }
    })

    const ECHOED = [
      '0',
      '-0',
      '1',
      '-1',
      '1.5',
      '-2.25',
      '9007199254740991',
      '-9007199254740991',
      '""',
      '"1"',
      'null',
      '"\\u0000"',
      '"__proto__"',
    ]
    it('echoes an id with its type and value', async () => {
      for (const id of [...ECHOED, `"${'x'.repeat(100_000)}"`]) {
        const { text } = await post(`{"jsonrpc":"2.0","method":"endSession","id":${id}}`)
        expect(text, id.slice(0, 40)).to.equal(`{"jsonrpc":"2.0","id":${id},"result":true}`)
      }
      const { json } = await post('{"jsonrpc":"2.0","method":"endSession","id":"\\ud800"}')
      expect(json.id).to.equal('\ud800')
    })

    it('echoes a number that was written in another way with its value', async () => {
      const ids = [
        ['1.0', '1'],
        ['1e2', '100'],
        ['1E+2', '100'],
        ['0.10', '0.1'],
        ['100e-3', '0.1'],
        ['0e5', '0'],
        ['-0.0', '-0'],
        ['1e-7', '1e-7'],
        ['0.00000010', '1e-7'],
        ['5e-324', '5e-324'],
        ['9007199254740991.000', '9007199254740991'],
      ]
      for (const [sent, answered] of ids) {
        const { text } = await post(`{"jsonrpc":"2.0","method":"endSession","id":${sent}}`)
        expect(text, sent).to.equal(`{"jsonrpc":"2.0","id":${answered},"result":true}`)
      }
    })

    it('refuses a number that a double holds only rounded', async () => {
      const ids = [
        '0.1000000000000000055',
        '0.30000000000000001',
        '5.0000000000000000001',
        '9007199254740991.0000001',
        '1.7976931348623157e308',
        '1e400',
        '-1e400',
        '1e-400',
        '-1e-400',
        '4e-324',
        `1.${'0'.repeat(2_000)}1`,
      ]
      for (const id of ids) {
        await expectRefusal(`{"jsonrpc":"2.0","method":"endSession","id":${id}}`, INVALID_REQUEST)
        await expectRefusal(
          `{"params":{"id":1},"\\u0069\\u0064" : ${id},"jsonrpc":"2.0","method":"endSession"}`,
          INVALID_REQUEST,
        )
      }
      await expectRefusal(
        '{"id":1,"jsonrpc":"2.0","method":"endSession","id":0.1000000000000000055}',
        INVALID_REQUEST,
      )
      expect(
        (await post('{"id":0.1000000000000000055,"jsonrpc":"2.0","method":"endSession","id":1}')).text,
      ).to.equal(PONG)
    })

    it('looks at the id of each request of a batch, and at nothing else that is called so', async () => {
      const rounded = '0.1000000000000000055'
      const request = (id: string, params = '[]') =>
        `{"jsonrpc":"2.0","method":"endSession","params":${params},"id":${id}}`
      const { json } = await post(
        `[${request('1')},7,"id",["id",2],${request(rounded)} , ${request('"id"')},` +
          `${request('3.50', `[{"id":${rounded}},"\\"id\\":${rounded}"]`)}]`,
      )
      const seen = json.map(({ id, error }: { id: unknown; error?: { code: number } }) => error?.code ?? id)
      expect(seen).to.deep.equal([
        1,
        INVALID_REQUEST,
        INVALID_REQUEST,
        INVALID_REQUEST,
        INVALID_REQUEST,
        'id',
        3.5,
      ])
    })

    it('refuses an id that would be rounded or is of another type', async () => {
      const numbers = ['1e400', '-1e400', '9007199254740992', '9007199254740993', '-9007199254740993', '1e21']
      for (const id of [...numbers, '123456789012345678901234567890', 'true', 'false', '[]', '[1]', '{}']) {
        await expectRefusal(`{"jsonrpc":"2.0","method":"endSession","id":${id}}`, INVALID_REQUEST)
      }
    })
  })

  describe('notifications', () => {
    const login = async () => {
      const { username, api_key } = server.credentials.rpc
      return (await post(ping({ method: 'login', params: [username, api_key] }))).json.result as string
    }
    const isAlive = async (session: string) => {
      const { json } = await post(ping({ method: 'call', params: [session, 'order.info', '100000309'] }))
      return json.error === undefined
    }

    it('are executed and answered with 204 and nothing', async () => {
      const session = await login()
      expect(await isAlive(session)).to.equal(true)
      const { status, text, headers } = await post(
        JSON.stringify({ jsonrpc: '2.0', method: 'endSession', params: [session] }),
      )
      expect({ status, text }).to.deep.equal({ status: 204, text: '' })
      expect(headers.get('X-Request-Id')).to.be.a('string')
      expect(await isAlive(session)).to.equal(false)
    })

    it('get no answer even when they fail', async () => {
      for (const members of [
        '"method":"frobnicate"',
        '"method":"login"',
        '"method":"endSession","params":5',
      ]) {
        for (const opening of ['"jsonrpc":"2.0",', '"jsonrpc":2.0,', '']) {
          const { status, text } = await post(`{${opening}${members}}`)
          expect({ status, text }, members).to.deep.equal({ status: 204, text: '' })
        }
      }
    })

    it('are not requests with the id null', async () => {
      expect((await post(ping({ id: null }))).text).to.equal('{"jsonrpc":"2.0","id":null,"result":true}')
    })
  })

  describe('batches', () => {
    it('run in order, and are answered in order without the notifications', async () => {
      const { username, api_key } = server.credentials.rpc
      const session = (await post(ping({ method: 'login', params: [username, api_key] }))).json.result
      const info = { jsonrpc: '2.0', method: 'call', params: [session, 'order.info', '100000309'] }
      const { json } = await post(
        JSON.stringify([
          { ...info, id: 'before' },
          { jsonrpc: '2.0', method: 'endSession', params: [session] },
          { ...info, id: 'after' },
          { ...PING, id: 'last' },
        ]),
      )
      expect(json.map(({ id }: { id: string }) => id)).to.deep.equal(['before', 'after', 'last'])
      expect(json[0].result.unique_id).to.equal('100000309')
      expect(json[1].error.code).to.equal(-32005)
    })

    it('hold 1 to 50 requests', async () => {
      const batch = (length: number) => `[${new Array(length).fill(ping()).join()}]`
      expect((await post(batch(1))).text).to.equal(`[${PONG}]`)
      expect((await post(batch(50))).json).to.have.length(50)
      await expectRefusal('[]', INVALID_REQUEST)
      await expectRefusal(batch(51), INVALID_REQUEST)
    })

    it('execute nothing when they are too long', async () => {
      const session = await server.rpc.session('packer')
      const end = JSON.stringify({ jsonrpc: '2.0', method: 'endSession', params: [session] })
      await expectRefusal(`[${new Array(51).fill(end).join()}]`, INVALID_REQUEST)
      expect(await server.rpc.fault('packing.open', ['nothing'], 'packer')).to.include({ code: -32101 })
    })

    it('answer each element that is no request on its own', async () => {
      const { json } = await post(`[1,${ping()},[],[[]],null,{"id":4}]`)
      expect(json.map((reply: any) => reply.error?.code ?? reply.result)).to.deep.equal([
        INVALID_REQUEST,
        true,
        INVALID_REQUEST,
        INVALID_REQUEST,
        INVALID_REQUEST,
        INVALID_REQUEST,
      ])
      expect(json[5]).to.include({ id: 4 })
      expect(Object.keys(json[5])).to.deep.equal(['id', 'error'])
    })

    it('of notifications alone are answered with 204', async () => {
      const { status, text } = await post('[{"jsonrpc":"2.0","method":"frobnicate"},{"method":"endSession"}]')
      expect({ status, text }).to.deep.equal({ status: 204, text: '' })
    })
  })
})

function sendChunked(url: string, body: Buffer): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', headers: { 'Transfer-Encoding': 'chunked' } })
    request.on('error', reject)
    request.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, text }))
    })
    request.end(body)
  })
}

function declareOnly(url: string, bytes: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', headers: { 'Content-Length': String(bytes) } })
    request.on('response', (response) => {
      resolve(response.statusCode)
      request.destroy()
    })
    request.once('error', reject)
    request.flushHeaders()
  })
}
