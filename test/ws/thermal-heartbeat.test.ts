import { once } from 'node:events'
import { expect } from 'chai'
import { pino } from 'pino'
import { startLocalDoor } from '../../lib/transport/ws/thermal-doors.ts'
import { ThermalEndpoint } from '../../lib/transport/ws/thermal-endpoint.ts'
import { freePort } from '../helpers/free-port.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { openThermalClient } from './thermal-client.ts'

const PING_MS = 50

describe('the heartbeat of thermal clients', () => {
  let server: TestServer
  let door: Awaited<ReturnType<typeof startLocalDoor>>
  let url: string

  before(async () => {
    server = await startServer()
    const log = pino({ level: 'silent' })
    const endpoint = new ThermalEndpoint({ services: server.services, log, pingMs: PING_MS })
    const port = await freePort()
    door = await startLocalDoor(endpoint, { port, origins: [], drainMs: 100 })
    url = `ws://127.0.0.1:${port}/websocket/`
  })
  after(async () => {
    await door.close()
    await server.stop()
  })

  it('ends a connection after two pings that nobody answered', async () => {
    const client = await openThermalClient(url, { autoPong: false })
    let pings = 0
    client.socket.on('ping', () => (pings += 1))
    const [code] = (await once(client.socket, 'close')) as [number]
    // Cut off, without a farewell to somebody who isn't there.
    expect([pings, code]).to.deep.equal([2, 1006])
  })

  it('keeps one that is silent for as long as it answers', async () => {
    const client = await openThermalClient(url)
    for (let ping = 1; ping <= 5; ping += 1) await once(client.socket, 'ping')
    expect(await client.ask({})).to.include({ ErrorMessage: 'JobId is required' })
    await client.close()
  })
})
