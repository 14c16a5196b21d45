import { expect } from 'chai'
import jayson from 'jayson/promise/index.js'
import { JSONRPCClient, JSONRPCErrorException, type JSONRPCResponse } from 'json-rpc-2.0'
import { startServer, type TestServer } from '../helpers/server.ts'

const ORDER = '100000309'
const NO_SUCH_ORDER = { code: -32102, message: 'Requested order does not exist.' }

/** Clients that others wrote by the specification alone, over HTTP. */
describe('third-party clients', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())

  const endpoint = () => new URL(`${server.url}/api/jsonrpc`)
  const demo = () => ['demo', server.credentials.rpc.api_key] as const
  const basic = () => ({ Authorization: `Basic ${Buffer.from(demo().join(':')).toString('base64')}` })

  for (const version of [1, 2] as const) {
    describe(`jayson's, in version ${version} of the protocol`, () => {
      const connect = (headers: Record<string, string> = {}) => {
        const { hostname: host, port, pathname: path } = endpoint()
        return jayson.Client.http({ host, port, path, version, headers })
      }

      it('logs in, calls and ends its session', async () => {
        const client = connect()
        const { result: session } = await client.request('login', [...demo()])
        expect(session).to.match(/^[0-9a-f]{32}$/)
        const reply = await client.request('call', [session, 'order.info', [ORDER]])
        expect(reply.result).to.include({ unique_id: ORDER })
        expect((await client.request('endSession', [session])).result).to.equal(true)
        const { error } = await client.request('call', [session, 'order.info', [ORDER]])
        expect(error).to.include({ code: -32005 })
      })

      it('calls methods by their own names, with an integer, a string and no id of its choice', async () => {
        const client = connect(basic())
        for (const id of [7, 'seven', undefined]) {
          const reply = await client.request('order.info', [ORDER], id)
          expect(reply.result).to.include({ unique_id: ORDER })
          if (id !== undefined) expect(reply.id).to.equal(id)
        }
      })

      it('is told of faults in error objects', async () => {
        const client = connect(basic())
        const { error, result } = await client.request('order_instruction.list', ['nothing'])
        expect(error).to.deep.equal(NO_SUCH_ORDER)
        expect(result).to.equal(undefined)
        expect((await client.request('frobnicate', [])).error).to.include({ code: -32601 })
      })
    })
  }

  describe("jayson's", () => {
    const connect = () => {
      const { hostname: host, port, pathname: path } = endpoint()
      return jayson.Client.http({ host, port, path, headers: basic() })
    }

    it('calls by name and in batches', async () => {
      const client = connect()
      const named = await client.request('order.info', { order_unique_id: ORDER, fields: ['state'] })
      expect(named.result.state).to.equal('processing')
      const replies = await client.request([
        client.request('order.info', [ORDER], 'a', false),
        client.request('order_instruction.list', ['nothing'], 'b', false),
      ])
      expect(replies[0]).to.deep.include({ jsonrpc: '2.0', id: 'a' })
      expect(replies[1]).to.deep.equal({ jsonrpc: '2.0', id: 'b', error: NO_SUCH_ORDER })
    })

    it('gets nothing for a notification, which is executed', async () => {
      const client = connect()
      const note = 'by a notification of jayson'
      // Its types don't know the id that makes a notification.
      const none = null as never
      expect(await client.request('order_instruction.create', [ORDER, note], none)).to.equal(undefined)
      const { result } = await client.request('order_instruction.list', [ORDER])
      expect(result.map((one: { note: string }) => one.note)).to.include(note)
    })
  })

  describe('json-rpc-2.0, which drops what is no answer to its requests', () => {
    /** As its manual sends by `fetch`: an answer of 200 is JSON, one of 204 is none. */
    const connect = (headers: Record<string, string> = {}) => {
      const client = new JSONRPCClient(async (request: unknown) => {
        const reply = await fetch(endpoint(), {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: JSON.stringify(request),
        })
        if (reply.status === 200) client.receive((await reply.json()) as JSONRPCResponse)
        else if (reply.status !== 204) throw new Error(`${reply.status} ${reply.statusText}`)
      })
      return client
    }

    it('logs in, calls and ends its session', async () => {
      const client = connect()
      const session = await client.request('login', { username: demo()[0], api_key: demo()[1] })
      expect(await client.request('call', [session, 'order.info', [ORDER]])).to.include({ unique_id: ORDER })
      const many = await client.request('multiCall', [session, [['order.info', [ORDER]], 'no.where']])
      expect(many[0]).to.include({ unique_id: ORDER })
      expect(many[1]).to.deep.equal({ isFault: true, faultCode: 3, faultMessage: 'Invalid api path.' })
      expect(await client.request('endSession', [session])).to.equal(true)
    })

    it('throws the fault with its code, message and data', async () => {
      const client = connect(basic())
      const faults: readonly (readonly [string, unknown[], object])[] = [
        ['order_instruction.list', ['nothing'], { ...NO_SUCH_ORDER, data: undefined }],
        ['order.info', [], { code: -32006, data: { field: 'orderUniqueId' } }],
        [
          'order_instruction.create',
          [ORDER, ''],
          { code: -32100, data: { field: 'note', reason: 'invalid' } },
        ],
        ['frobnicate', [], { code: -32601 }],
        ['packing.open', [ORDER], { code: -32002, message: 'Access denied.' }],
      ]
      for (const [method, params, expected] of faults) {
        const thrown = await client.request(method, params).then(
          () => undefined,
          (error: unknown) => error,
        )
        expect(thrown, method).to.be.instanceOf(JSONRPCErrorException)
        expect(thrown, method).to.deep.include(expected)
      }
    })

    it('finds the answer to each of many requests at once', async () => {
      const client = connect(basic())
      const fields = ['state', 'status', 'priority', 'created_at', 'total_item_count']
      const asked = Array.from({ length: 40 }, (_, index) => fields[index % fields.length] as string)
      const answers = await Promise.all(asked.map((field) => client.request('order.info', [ORDER, [field]])))
      for (const [index, answer] of answers.entries()) {
        expect(Object.keys(answer)).to.deep.equal(['order_id', 'unique_id', 'order_ref', asked[index]])
      }
    })

    it('takes a batch, and sends notifications', async () => {
      const client = connect(basic())
      const note = 'by a notification of json-rpc-2.0'
      client.notify('order_instruction.create', [ORDER, 'x'.repeat(5_000)])
      const request = (id: number | string, method: string, params: unknown[]) =>
        ({ jsonrpc: '2.0', id, method, params }) as const
      const replies = await client.requestAdvanced([
        request(1, 'order_instruction.create', [ORDER, note]),
        request('two', 'order_instruction.list', [ORDER]),
        request(3, 'order_instruction.list', ['nothing']),
      ])
      expect(replies.map(({ id }) => id)).to.deep.equal([1, 'two', 3])
      expect(replies[0]?.result.note).to.equal(note)
      expect(replies[1]?.result.map((one: { note: string }) => one.note)).to.include(note)
      expect(replies[2]?.error).to.deep.equal(NO_SUCH_ORDER)
    })
  })
})
