import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, createConnection } from 'node:net'
import { expect } from 'chai'
import { readBodyBytes, RequestAborted } from '../../lib/transport/http/body-bytes.ts'

describe('the body of a request', () => {
  /** What reading the body comes to, when it is begun as `begin` says. */
  async function readOf(
    { head, rest = '' }: { readonly head: string; readonly rest?: string },
    begin: (request: IncomingMessage) => Promise<unknown>,
  ): Promise<unknown> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const socket = createConnection({ host: '127.0.0.1', port })
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${head}`)
    const [request] = (await once(server, 'request')) as [IncomingMessage]
    request.on('error', () => undefined)
    const closed = closingOf(request)
    socket.end(rest)
    await begin(request)
    const outcome = await readBodyBytes(request, 100).catch((error: unknown) => error)
    await closed
    server.close()
    return outcome
  }
  const closingOf = (request: IncomingMessage) => new Promise((resolve) => request.once('close', resolve))
  const atOnce = () => Promise.resolve()
  const HALF = 'Content-Length: 10\r\n\r\n12345'

  it('of a client that went away is no defect, whether it is being read by then or not yet', async () => {
    const outcomes = [
      await readOf({ head: HALF }, atOnce),
      await readOf({ head: HALF }, closingOf),
      await readOf({ head: 'Transfer-Encoding: chunked\r\n\r\n5\r\n12' }, closingOf),
      // Whole, and the connection was closed for what came after it.
      await readOf({ head: 'Content-Length: 2\r\n\r\n{}', rest: 'no HTTP\r\n\r\n' }, closingOf),
    ]
    for (const outcome of outcomes) expect(outcome).to.be.instanceOf(RequestAborted)
  })
})
