import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, createConnection } from 'node:net'
import { expect } from 'chai'
import { type LeastRate, readBodyBytes, RequestAborted } from '../../lib/transport/http/body-bytes.ts'

describe('the body of a request', () => {
  /** What reading the body comes to, when it is begun as `begin` says. */
  async function readOf(
    { head, rest = '' }: { readonly head: string; readonly rest?: string },
    begin: (request: IncomingMessage) => Promise<unknown>,
    rate?: LeastRate,
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
    const outcome = await readBodyBytes(request, 100, rate).catch((error: unknown) => error)
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

  it('that comes too slowly ends its connection with 408', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = createConnection({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n')
    const [request] = (await once(server, 'request')) as [IncomingMessage]
    const answer = once(socket, 'data')
    const outcome = await readBodyBytes(request, 100, { graceMs: 20, bytesPerSecond: 1_000_000 }).catch(
      (error: unknown) => error,
    )
    expect(outcome).to.be.instanceOf(RequestAborted)
    expect(String((await answer)[0])).to.match(/^HTTP\/1\.1 408 /)
    server.close()
  })

  it('may take its time when it is short, or comes at the rate that is asked for', async () => {
    const rate = { graceMs: 20, bytesPerSecond: 1 }
    const body = await readOf({ head: 'Content-Length: 10\r\n\r\n12345', rest: '67890' }, atOnce, rate)
    expect(String(body)).to.equal('1234567890')
  })
})
