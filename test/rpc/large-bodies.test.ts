import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import { createBodyBudget } from '../../lib/transport/http/body-budget.ts'
import { RPC_BODIES, roomForBody } from '../../lib/transport/rpc/rpc-body.ts'
import { eventually } from '../helpers/eventually.ts'
import { startServer, type TestServer } from '../helpers/server.ts'

const LARGEST = 41_943_040
const SMALL = 65_536

describe('JSON-RPC bodies at once', () => {
  let server: TestServer
  const sockets: Socket[] = []
  before(async () => {
    server = await startServer()
  })
  after(async () => {
    for (const socket of sockets) socket.destroy()
    await server.stop()
  })

  /** Announces a body of the largest size, sends as much of it as is taken, and never ends. Needs no credentials. */
  async function upload(): Promise<Socket> {
    const { port } = new URL(server.url)
    const socket = connect(Number(port), '127.0.0.1').on('error', () => undefined)
    sockets.push(socket)
    await once(socket, 'connect')
    socket.write(`POST /api/jsonrpc HTTP/1.1\r\nHost: x\r\nContent-Length: ${LARGEST}\r\n\r\n`)
    socket.write(Buffer.alloc(LARGEST - 1, ' '))
    return socket
  }

  const isRead = (socket: Socket) => Promise.resolve(socket.writableLength === 0 ? true : undefined)

  it('are five of the largest per address: a sixth waits unread, and ordinary calls do not', async () => {
    const reading = await Promise.all(Array.from({ length: 5 }, upload))
    for (const socket of reading) await eventually('it is read', () => isRead(socket))
    const sixth = await upload()
    expect((await server.rpc.call('order.info', ['100000309'])).unique_id).to.equal('100000309')
    expect(sixth.writableLength).to.be.greaterThan(0)
    reading[0]?.destroy()
    await eventually('the sixth is read', () => isRead(sixth))
  })
})

describe('room for a body', () => {
  const bodies = createBodyBudget({ ...RPC_BODIES, waitMs: 1 })
  const ask = (address: string, headers: Record<string, string>) =>
    roomForBody(bodies, { request: { headers } as never, address })
  const largest = { 'content-length': String(LARGEST) }

  it('is refused with -32009 when there is none in time, and given when another one has left', async () => {
    const leaves = await Promise.all(Array.from({ length: 5 }, () => ask('10.0.0.1', largest)))
    const refused = await ask('10.0.0.1', { 'transfer-encoding': 'chunked' }).catch((error: unknown) => error)
    expect(refused).to.have.nested.property('error.code', -32009)
    leaves[0]?.()
    leaves[0] = await ask('10.0.0.1', largest)
    for (const leave of leaves) leave()
  })

  it('is there for sixteen of the largest, whatever their addresses', async () => {
    const addresses = Array.from({ length: 16 }, (_, index) => `10.0.1.${index}`)
    const leaves = await Promise.all(addresses.map((address) => ask(address, largest)))
    expect(await ask('10.0.2.1', largest).catch((error: unknown) => error)).to.have.nested.property(
      'error.code',
      -32009,
    )
    for (const leave of leaves) leave()
  })

  it('is needed neither by small bodies nor by those that are refused for their size', async () => {
    const leaves = await Promise.all(Array.from({ length: 5 }, () => ask('10.0.0.2', largest)))
    for (const length of [0, SMALL, LARGEST + 1]) await ask('10.0.0.2', { 'content-length': String(length) })
    await ask('10.0.0.2', {})
    const needing = ask('10.0.0.2', { 'content-length': String(SMALL + 1) })
    expect(await needing.catch((error: unknown) => error)).to.have.nested.property('error.code', -32009)
    for (const leave of leaves) leave()
  })
})
