import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

const LARGEST = 37_748_736

describe('REST bodies at once', () => {
  let workspace: RestWorkspace
  const sockets: Socket[] = []

  before(async () => {
    workspace = await openRestWorkspace()
  })
  after(async () => {
    for (const socket of sockets) socket.destroy()
    await workspace.stop()
  })

  /** Announces a body of the largest size, sends as much of it as is taken, and never ends. */
  async function upload(): Promise<Socket> {
    const { port } = new URL(workspace.server.url)
    const socket = connect(Number(port), '127.0.0.1')
    sockets.push(socket)
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(
      `POST /v1/cloud-printing/jobs HTTP/1.1\r\nHost: x\r\nPX-API-KEY: ${workspace.server.credentials.admin.api_key}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${LARGEST}\r\n\r\n`,
    )
    socket.write(Buffer.alloc(LARGEST - 1, ' '))
    return socket
  }

  it('are two of the largest per key: a third waits unread, and other keys do not', async () => {
    const { client } = await workspace.keyWith(['locations:write'])
    const [first, second] = [await upload(), await upload()]
    await eventually('both are read', () =>
      Promise.resolve(first.writableLength + second.writableLength === 0 ? true : undefined),
    )
    const third = await upload()
    expect((await client.post('/v1/locations', { name: 'Meanwhile' })).status).to.equal(201)
    expect(third.writableLength).to.be.greaterThan(0)
    first.destroy()
    await eventually('the third is read', () =>
      Promise.resolve(third.writableLength === 0 ? true : undefined),
    )
  })

  it('of people without a key keep nobody from signing in, or from what is small', async () => {
    const { port } = new URL(workspace.server.url)
    for (let number = 0; number < 90; number += 1) {
      const socket = connect(Number(port), '127.0.0.1')
      sockets.push(socket)
      socket.on('error', () => undefined)
      socket.write(
        'POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n',
      )
    }
    for (const socket of sockets.slice(-90)) if (socket.connecting) await once(socket, 'connect')
    const { packer } = workspace.server.credentials
    const signedIn = await fetch(`${workspace.server.url}/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-packhouse-page': '1' },
      body: JSON.stringify(packer),
    })
    expect(signedIn.status).to.equal(201)
    const long = JSON.stringify({ username: 'x'.repeat(5_000), api_key: 'y' })
    const refused = await fetch(`${workspace.server.url}/v1/session`, { method: 'POST', body: long })
    expect(refused.status).to.equal(413)
    expect(await refused.text()).to.include('4 KiB')
  })
})
