import { expect } from 'chai'
import { startServer, type TestServer } from '../helpers/server.ts'

const ORDER = '100000309'
const PARSE_ERROR = { code: -32700, message: 'Parse error' }
const INVALID_REQUEST = { code: -32600, message: 'Invalid Request' }
const METHOD_NOT_FOUND = { code: -32601, message: 'Method not found' }

const failed = (error: { code: number; message: string }, id: string | null) => ({
  jsonrpc: '2.0',
  error,
  id,
})
const succeeded = (result: unknown, id: string | number) => ({ jsonrpc: '2.0', result, id })

/** A method of ours with the arguments that name each other, as `subtract` has `minuend` and `subtrahend`. */
const POSITIONAL = `"params": ["${ORDER}", ["state"]]`
const NAMED = `"params": {"orderUniqueId": "${ORDER}", "fields": ["state"]}`
const NAMED_OTHERWISE = `"params": {"fields": ["state"], "orderUniqueId": "${ORDER}"}`
const ANSWER = { order_id: 1, unique_id: ORDER, order_ref: null, state: 'processing' }

/**
 * Every example of https://www.jsonrpc.org/specification, section 7, in its order and with its white space. `order.info`
 * stands in for `subtract`, `sum`, `update` and `get_data`; methods that the examples don't find aren't here either.
 * An answer undefined: there is none.
 */
const EXAMPLES: readonly (readonly [title: string, request: string, answer: unknown])[] = [
  [
    'rpc call with positional parameters',
    `{"jsonrpc": "2.0", "method": "order.info", ${POSITIONAL}, "id": 1}`,
    succeeded(ANSWER, 1),
  ],
  [
    'rpc call with positional parameters, another id',
    `{"jsonrpc": "2.0", "method": "order.info", ${POSITIONAL}, "id": 2}`,
    succeeded(ANSWER, 2),
  ],
  [
    'rpc call with named parameters',
    `{"jsonrpc": "2.0", "method": "order.info", ${NAMED}, "id": 3}`,
    succeeded(ANSWER, 3),
  ],
  [
    'rpc call with named parameters, in another order',
    `{"jsonrpc": "2.0", "method": "order.info", ${NAMED_OTHERWISE}, "id": 4}`,
    succeeded(ANSWER, 4),
  ],
  ['a Notification', `{"jsonrpc": "2.0", "method": "order.info", ${POSITIONAL}}`, undefined],
  ['a Notification of a method that is not there', '{"jsonrpc": "2.0", "method": "foobar"}', undefined],
  [
    'rpc call of non-existent method',
    '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
    failed(METHOD_NOT_FOUND, '1'),
  ],
  [
    'rpc call with invalid JSON',
    '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
    failed(PARSE_ERROR, null),
  ],
  [
    'rpc call with invalid Request object',
    '{"jsonrpc": "2.0", "method": 1, "params": "bar"}',
    failed(INVALID_REQUEST, null),
  ],
  [
    'rpc call Batch, invalid JSON',
    `[
  {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
  {"jsonrpc": "2.0", "method"
]`,
    failed(PARSE_ERROR, null),
  ],
  ['rpc call with an empty Array', '[]', failed(INVALID_REQUEST, null)],
  ['rpc call with an invalid Batch (but not empty)', '[1]', [failed(INVALID_REQUEST, null)]],
  [
    'rpc call with invalid Batch',
    '[1,2,3]',
    [failed(INVALID_REQUEST, null), failed(INVALID_REQUEST, null), failed(INVALID_REQUEST, null)],
  ],
  [
    'rpc call Batch',
    `[
        {"jsonrpc": "2.0", "method": "order.info", ${POSITIONAL}, "id": "1"},
        {"jsonrpc": "2.0", "method": "order.info", "params": [7]},
        {"jsonrpc": "2.0", "method": "order.info", ${NAMED}, "id": "2"},
        {"foo": "boo"},
        {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
        {"jsonrpc": "2.0", "method": "endSession", "id": "9"}
    ]`,
    [
      succeeded(ANSWER, '1'),
      succeeded(ANSWER, '2'),
      // The one difference: what has no `jsonrpc` is answered without one, for older clients (contracts/rpc.md, section 2).
      { error: INVALID_REQUEST, id: null },
      failed(METHOD_NOT_FOUND, '5'),
      succeeded(true, '9'),
    ],
  ],
  [
    'rpc call Batch (all notifications)',
    `[
        {"jsonrpc": "2.0", "method": "order.info", "params": [1,2,4]},
        {"jsonrpc": "2.0", "method": "order.info", "params": [7]}
    ]`,
    undefined,
  ],
]

describe('the examples of the JSON-RPC 2.0 specification', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())

  for (const [title, request, answer] of EXAMPLES) {
    it(`are answered as there: ${title}`, async () => {
      const key = `demo:${server.credentials.rpc.api_key}`
      const Authorization = `Basic ${Buffer.from(key).toString('base64')}`
      const { status, text, json } = await server.rpc.raw(request, { Authorization })
      expect({ status, isEmpty: text === '' }).to.deep.equal(
        answer === undefined ? { status: 204, isEmpty: true } : { status: 200, isEmpty: false },
      )
      expect(withoutExplanations(json)).to.deep.equal(answer)
    })
  }
})

/** Ours may say after the specification's words what is wrong: `Invalid Request: method is not a string`. */
function withoutExplanations(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(withoutExplanations)
  const { error, ...rest } = (reply ?? {}) as { error?: { code: number; message: string } }
  if (!error) return reply
  return { ...rest, error: { ...error, message: error.message.replace(/: .*/s, '') } }
}
