import { expect } from 'chai'
import { type LocalServer, serve } from '../egress/local-server.ts'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import type { TestServer } from '../helpers/server.ts'
import { startInstructionServer } from './instruction-fixtures.ts'

const SESSION = 'be1c13ed4e03f0ed7f1e4053dfff9658'

/** The published requests of the API that this one is compatible with, character by character. */
const REQUESTS = {
  createWithoutFile: `{
    "jsonrpc" : 2.0,
    "id" : 1234,
    "method" : "call",
    "params" : [
        "be1c13ed4e03f0ed7f1e4053dfff9658",
        "order_instruction.create",
        [
            "100000309",
            "Sign gift card with 'Happy Birthday, Susan!'",
            {
                "presentation" : "once_per_order"
            }
        ]
    ]
}`,
  createWithContent: `{
    "jsonrpc" : 2.0,
    "id" : 1234,
    "method" : "call",
    "params" : [
        "be1c13ed4e03f0ed7f1e4053dfff9658",
        "order_instruction.create",
        [
            "100000309",
            "Place Amazon FBA Label in a pouch",
            {
                "file_name" : "amazon_fba_3425232.pdf",
                "file_content" : "base64-encoded file contents",
                "presentation" : "once_per_shipment",
                "print_target" : "LASER"
            }
        ]
    ]
}`,
  createWithRequest: `{
    "jsonrpc" : 2.0,
    "id" : 1234,
    "method" : "call",
    "params" : [
        "be1c13ed4e03f0ed7f1e4053dfff9658",
        "order_instruction.create",
        [
            "100000309",
            "Place Amazon FBA Label in a pouch",
            {
                "file_name" : "amazon_fba_3425232.pdf",
                "file_request" : {
                    "url": "https://....",
                    "auth": ["username...","password..."],
                    "headers": {
                        "X-Custom-Header": "header value..."
                    }
                },
                "presentation" : "once_per_shipment",
                "print_target" : "LASER"
            }
        ]
    ]
}`,
  edit: `{
    "jsonrpc" : 2.0,
    "id" : 1234,
    "method" : "call",
    "params" : [
        "be1c13ed4e03f0ed7f1e4053dfff9658",
        "order_instruction.edit",
        [
            123,
            null,
            {
                "presentation" : "once_per_order"
            }
        ]
    ]
}`,
  list: `{
    "jsonrpc" : 2.0,
    "id" : 1234,
    "method" : "call",
    "params" : [
        "be1c13ed4e03f0ed7f1e4053dfff9658",
        "order_instruction.list",
        [
            "100000309"
        ]
    ]
}`,
  delete: `{
    "jsonrpc" : 2.0,
    "id" : 1234,
    "method" : "call",
    "params" : [
        "be1c13ed4e03f0ed7f1e4053dfff9658",
        "order_instruction.delete",
        [
            123
        ]
    ]
}`,
} as const

/** Published too; ids, note and times are the demo's own. */
const LISTED = {
  instruction_id: 1,
  order_id: 118,
  unique_id: '100000309',
  note: 'Place Amazon FBA Label in a pouch',
  file_name: 'amazon_fba_3425232.pdf',
  presentation: 'once_per_shipment',
  print_target: 'LASER',
  copies_printed: '1',
  confirmations: [{ confirmed_id: '1', confirmed_at: '2022-02-08T14:59:38+00:00' }],
}
const FILED = { ...LISTED, copies_printed: '0', confirmations: [] }

describe('the published examples of order_instruction', () => {
  let server: TestServer
  let files: LocalServer
  let pdf: Buffer

  before(async () => {
    server = await startInstructionServer()
    pdf = await makePdf()
    files = await serve((_request, response) => response.end(pdf))
  })
  after(async () => {
    await server.stop()
    await files.close()
  })

  /** What a generic client would put in for the example's words. */
  async function send(request: string, replacements: Record<string, string> = {}) {
    let body = request.replace(SESSION, await server.rpc.session())
    for (const [words, value] of Object.entries(replacements)) body = body.replace(words, value)
    return server.rpc.raw(body, { 'content-type': 'application/json' })
  }

  /** The example's envelope, character by character, around a result. */
  function resultOf(text: string): any {
    expect(text).to.match(/^\{"jsonrpc":2\.0,"id":1234,"error":null,"result":/)
    return JSON.parse(text).result
  }

  /** The same keys in the same order, each of the same type; texts that come from the request are equal. */
  function expectLike(entity: Record<string, unknown>, example: Record<string, unknown>): void {
    expect(Object.keys(entity)).to.deep.equal(Object.keys(example))
    for (const [key, value] of Object.entries(example)) {
      expect(typeof entity[key], key).to.equal(typeof value)
      if (typeof value === 'string') expect(entity[key], key).to.equal(value)
    }
  }

  it('edit and delete, of the instruction 123 that they speak of', async () => {
    await server.db.raw('alter table instructions alter column instruction_id restart with 123')
    const created = resultOf((await send(REQUESTS.createWithContent, placeholderContent(pdf))).text)
    expect(created.instruction_id).to.equal(123)
    const edited = resultOf((await send(REQUESTS.edit)).text)
    expect(edited).to.deep.equal({ ...created, presentation: 'once_per_order' })
    expectLike(edited, { ...FILED, presentation: 'once_per_order' })
    expect((await send(REQUESTS.delete)).text).to.equal(
      '{"jsonrpc":2.0,"id":1234,"error":null,"result":true}',
    )
  })

  it('create: no file to print', async () => {
    const entity = resultOf((await send(REQUESTS.createWithoutFile)).text)
    expect(entity).to.deep.include({
      unique_id: '100000309',
      note: "Sign gift card with 'Happy Birthday, Susan!'",
      file_name: null,
      presentation: 'once_per_order',
      print_target: null,
      copies_printed: '0',
      confirmations: [],
    })
    expect(Object.keys(entity)).to.deep.equal(Object.keys(FILED))
  })

  it('create: upload a file using Base64 encoding', async () => {
    expectLike(resultOf((await send(REQUESTS.createWithContent, placeholderContent(pdf))).text), FILED)
  })

  it('create: upload a file using an HTTP request', async () => {
    const { text } = await send(REQUESTS.createWithRequest, { 'https://....': `${files.origin}/some.pdf` })
    expectLike(resultOf(text), FILED)
    expect(files.requests.at(-1)?.headers).to.include({
      authorization: `Basic ${Buffer.from('username...:password...').toString('base64')}`,
      'x-custom-header': 'header value...',
    })
  })

  for (const [name, field] of [
    ['createWithContent', 'file_content'],
    ['createWithRequest', 'file_request.url'],
  ] as const) {
    it(`${name} with its placeholder for a file, as it stands, is told what is wrong with it`, async () => {
      const { text, json } = await send(REQUESTS[name])
      expect(text).to.match(
        /^\{"jsonrpc":2\.0,"id":1234,"error":\{"code":-32100,"message":"Invalid data given\. /,
      )
      expect(json).not.to.have.property('result')
      expect(json.error.data.field).to.equal(field)
    })
  }

  it('list, once a packer has confirmed it and the copy is printed', async () => {
    for (const { instruction_id } of await server.rpc.call('order_instruction.list', ['100000309'])) {
      await server.rpc.call('order_instruction.delete', [instruction_id])
    }
    const created = resultOf((await send(REQUESTS.createWithContent, placeholderContent(pdf))).text)
    const station = { station_id: server.credentials.station_id }
    await server.rpc.call('packing.confirm', [created.instruction_id, '100000020-1', station], 'packer')
    const [entity, ...more] = await eventually('the copy is printed', async () => {
      const entities = resultOf((await send(REQUESTS.list)).text)
      return entities[0].copies_printed === '1' ? entities : undefined
    })
    expect(more).to.deep.equal([])
    expectLike(entity, LISTED)
    expect(entity.confirmations).to.have.length(1)
    expect(Object.keys(entity.confirmations[0])).to.deep.equal(['confirmed_id', 'confirmed_at'])
    expect(entity.confirmations[0].confirmed_id).to.match(/^\d+$/)
    expect(entity.confirmations[0].confirmed_at).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)
  })

  it('faults have the code and message of the table', async () => {
    const unknown = await send(REQUESTS.list.replace('100000309', '0'))
    expect(unknown.text).to.equal(
      '{"jsonrpc":2.0,"id":1234,"error":{"code":-32102,"message":"Requested order does not exist."}}',
    )
    const deleted = await send(REQUESTS.edit.replace('            123', '            999'))
    expect(deleted.json.error).to.deep.equal({
      code: -32101,
      message: 'Requested packing instruction does not exist.',
    })
  })
})

function placeholderContent(pdf: Buffer): Record<string, string> {
  return { 'base64-encoded file contents': pdf.toString('base64') }
}
