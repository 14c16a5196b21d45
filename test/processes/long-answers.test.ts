import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { endInPieces } from '../../lib/transport/http/large-reply.ts'
import { jsonText, LongText } from '../../lib/transport/http/long-text.ts'
import { makeRawPdf } from '../helpers/documents.ts'
import { createRpcClient, type RpcClient } from '../helpers/rpc-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type ServerProcess, startServerProcess } from '../helpers/server-process.ts'

const FILE_BYTES = 25_000_000
const FILES = 3

describe('an answer of a hundred megabytes', function () {
  this.timeout(120_000)
  let server: TestServer
  let other: ServerProcess
  let rpc: RpcClient
  before(async () => {
    server = await startServer()
    other = await startServerProcess(server.env)
    const { rpc: demo } = server.credentials
    rpc = createRpcClient(`${other.baseUrl}/api/jsonrpc`, { demo: demo.api_key })
  })
  after(async () => {
    other.kill('SIGKILL')
    await other.ended
    await server.stop()
  })

  /** One page, and a stream that it doesn't use. */
  function largePdf(): Buffer {
    const noise = randomBytes(FILE_BYTES).toString('latin1')
    return makeRawPdf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 288 432] >>',
      `<< /Length ${FILE_BYTES} >>\nstream\n${noise}\nendstream`,
    ])
  }

  it('holds all the bytes', async () => {
    const files: string[] = []
    for (let number = 1; number <= FILES; number += 1) {
      const file_content = largePdf().toString('base64')
      await rpc.call('order_instruction.create', [
        '100000309',
        `"File" ${number}`,
        { file_name: 'a.pdf', file_content },
      ])
      files.push(file_content)
    }
    await rpc.call('order.info', ['100000309'])
    const listed: any[] = await rpc.call('order_instruction.list', ['100000309', ['file_content']])
    expect(listed.map(({ note }: { note: string }) => note)).to.deep.equal(
      files.map((_, index) => `"File" ${index + 1}`),
    )
    for (const [index, { file_content: told }] of listed.entries())
      expect(told === files[index], `file ${index}`).to.equal(true)
  })

  it('can be part of a multiCall and of a batch', async () => {
    const session = await rpc.session('demo')
    const list = ['100000309', ['file_content']]
    const multi = await rpc.raw(
      JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'multiCall',
        params: [
          session,
          [
            ['order_instruction.list', list],
            ['order.info', ['100000309']],
          ],
        ],
      }),
    )
    const [first, second] = multi.json.result
    expect(first[0].file_content.length).to.be.above(FILE_BYTES)
    expect(second.unique_id).to.equal('100000309')
    const call = (id: number, path: string, args: unknown) => ({
      ...{ jsonrpc: '2.0', id, method: 'call', params: [session, path, args] },
    })
    const batch = await rpc.raw(
      JSON.stringify([call(1, 'order_instruction.list', list), call(2, 'order.info', ['100000309'])]),
    )
    expect(batch.json.map(({ id }: { id: number }) => id)).to.deep.equal([1, 2])
    expect(batch.json[0].result[0].file_content.length).to.be.above(FILE_BYTES)
  })

  it('is the same JSON as if it were written at once, whatever the text holds', async () => {
    const text = `"quoted"\n\\ ${'😀é\u0000\u2028'.repeat(400_000)}`
    const value = {
      before: [1, '\n'],
      long: new LongText([text, 'x', text]),
      after: new LongText([]),
      last: null,
    }
    const plain = JSON.stringify({ before: [1, '\n'], long: `${text}x${text}`, after: '', last: null })
    const parts = jsonText(value)
    // What is left to be written at once; the rest goes out by pieces, and others are served between them.
    expect(parts.filter((part) => typeof part === 'string').join('').length).to.be.below(100)
    const sender = createServer((_request, response) => void endInPieces(response, parts))
    await once(sender.listen(0, '127.0.0.1'), 'listening')
    try {
      const { port } = sender.address() as AddressInfo
      const received = await (await fetch(`http://127.0.0.1:${port}/`)).text()
      expect(received === plain).to.equal(true)
    } finally {
      sender.close()
    }
  })
})
