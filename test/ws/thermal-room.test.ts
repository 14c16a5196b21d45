import { once } from 'node:events'
import { connect } from 'node:net'
import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { freePort } from '../helpers/free-port.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { openThermalClient, type ThermalClient } from './thermal-client.ts'

const MIB = 1_048_576
/** Most of the largest message, and more than the kernel takes of a connection that nobody reads. */
const PART_BYTES = 15 * MIB
const LARGE_AT_ONCE = 4
const PONG_BYTES = 120
/** More than a message may have without room. */
const MIDDLING_BYTES = 200_000

/** RFC 6455, section 5.2, masked by zeros. */
const PONG_FRAME = Buffer.concat([
  Buffer.from([0x8a, 0x80 | PONG_BYTES, 0, 0, 0, 0]),
  Buffer.alloc(PONG_BYTES),
])
const HANDSHAKE = [
  'GET /websocket/ HTTP/1.1',
  'Host: localhost',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
  '\r\n',
].join('\r\n')

describe('room for the messages of thermal clients', function () {
  this.timeout(60_000)
  let server: TestServer
  let port: number
  const clients: ThermalClient[] = []

  before(async () => {
    port = await freePort()
    server = await startServer({ env: { THERMAL_PORT: String(port) } })
  })
  afterEach(async () => {
    for (const { socket } of clients.splice(0)) {
      if (socket.readyState === socket.CLOSED) continue
      socket.terminate()
      await once(socket, 'close')
    }
  })
  after(() => server.stop())

  async function open(): Promise<ThermalClient> {
    const client = await openThermalClient(`ws://127.0.0.1:${port}/websocket/`)
    clients.push(client)
    return client
  }

  /** Begins a message that doesn't end. True once the server has read nearly all of it. */
  function begin({ socket }: ThermalClient, bytes: number) {
    const begun = { isRead: false }
    const text = `{"JobId":"large","x":"`.padEnd(bytes, 'x')
    socket.send(text, { fin: false }, (error) => {
      begun.isRead = !error
    })
    return begun
  }

  const small = { JobId: 'small', PrinterId: 'none', DocumentType: 'comanda', Document: {} }
  const assertAnswered = async (client: ThermalClient) =>
    expect(await client.ask(small)).to.include({ JobId: 'small', Status: 'ERROR' })

  it('is for four of the largest at once; the others wait unread, and small ones for nobody', async () => {
    const large = await Promise.all(Array.from({ length: LARGE_AT_ONCE + 2 }, open))
    const begun = large.map((client) => begin(client, PART_BYTES))
    const count = () => begun.filter(({ isRead }) => isRead).length
    await eventually('four are read', () => (count() >= LARGE_AT_ONCE ? true : undefined))
    const other = await open()
    for (let round = 1; round <= 20; round += 1) await assertAnswered(other)
    expect(count()).to.equal(LARGE_AT_ONCE)

    // One is answered, and one is gone: there is room for both of the others.
    const [ended, gone] = large.filter((_client, index) => begun[index]?.isRead)
    ended?.socket.send('"}')
    expect(await ended?.nth(1)).to.include({ JobId: 'large', Status: 'ERROR' })
    gone?.socket.terminate()
    await eventually('all are read', () => (count() === large.length ? true : undefined))
    await assertAnswered(other)
  })

  it('is not taken up by pongs', async () => {
    const pongs = Buffer.concat(Array.from({ length: (2 * MIB) / PONG_FRAME.length }, () => PONG_FRAME))
    const sockets = Array.from({ length: LARGE_AT_ONCE }, () => connect(port, '127.0.0.1'))
    for (const socket of sockets) {
      socket.write(HANDSHAKE)
      await once(socket, 'data')
      await new Promise((resolve) => socket.write(pongs, resolve))
    }
    const client = await open()
    expect(await client.ask({ ...small, more: 'x'.repeat(2 * MIB) })).to.include({ JobId: 'small' })
    for (const socket of sockets) socket.destroy()
  })

  it('is given back by what was answered or ignored', async () => {
    const client = await open()
    for (let count = 1; count <= 10; count += 1) {
      client.socket.send(Buffer.alloc(2 * MIB))
      client.socket.send(' '.repeat(MIDDLING_BYTES))
      const { JobId } = await client.ask({ ...small, JobId: `${count}`, more: 'x'.repeat(MIDDLING_BYTES) })
      expect(JobId).to.equal(`${count}`)
    }
  })
})
