import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import { startServer, type TestServer } from '../helpers/server.ts'

describe('a server that drains', () => {
  let server: TestServer
  before(async function () {
    this.timeout(60_000)
    server = await startServer()
  })
  after(() => server.stop())

  /** Connections are accepted, and what came over them is read, in their order: an answer to a later one tells it of this one. */
  async function connectTo(url: URL, sent: string): Promise<Socket> {
    const socket = connect(Number(url.port), url.hostname)
    await once(socket, 'connect')
    if (sent !== '') socket.write(sent)
    expect((await fetch(new URL('/healthz', url))).status).to.equal(200)
    return socket
  }

  // Less than the 20 s that it would give a request.
  it('waits for no connection over which nothing was ever asked, and for one that has begun to ask', async function () {
    this.timeout(15_000)
    const url = new URL(server.url)
    const silent = await connectTo(url, '')
    const slow = await connectTo(url, 'GET /healthz HTTP/1.1\r\nHost: x\r\n')
    const silentEnds = once(silent, 'close')
    const stopped = server.pause()
    await silentEnds
    slow.write('Connection: close\r\n\r\n')
    let answer = ''
    slow.setEncoding('latin1').on('data', (text: string) => (answer += text))
    await once(slow, 'end')
    expect(answer).to.match(/^HTTP\/1\.1 503 /)
    await stopped
  })
})
