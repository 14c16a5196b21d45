import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import { expect } from 'chai'
import { freePort } from '../helpers/free-port.ts'
import { createRestClient, type RestClient } from '../helpers/rest-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { openThermalClient, refusalOf } from './thermal-client.ts'

const job = { JobId: 'x', PrinterId: 'PRINTER_001', DocumentType: 'comanda', Document: {} }

describe('access to thermal printing', () => {
  let server: TestServer
  let admin: RestClient
  let main: string
  let local: string
  let key: string

  before(async () => {
    const port = await freePort()
    server = await startServer({
      env: { THERMAL_PORT: String(port), THERMAL_ORIGINS: 'https://pos.example', BASE_PATH: '/pack' },
    })
    admin = createRestClient(server.url, server.credentials.admin.api_key)
    key = server.credentials.thermal.api_key
    main = `${server.url.replace('http', 'ws')}/websocket/`
    local = `ws://127.0.0.1:${port}/websocket/`
  })
  after(() => server.stop())

  const keyWith = async (more: object): Promise<string> =>
    (await admin.post('/v1/api-keys', { name: 'k', scopes: ['thermal:write'], ...more })).json.data.api_key

  it('asks for a key with thermal:write on the main port', async () => {
    expect(await refusalOf(main)).to.equal(401)
    expect(await refusalOf(main, { headers: { 'PX-API-KEY': 'wrong', 'X-API-KEY': key } })).to.equal(401)
    const reading = await keyWith({ scopes: ['thermal:read'] })
    expect(await refusalOf(main, { headers: { 'X-API-KEY': reading } })).to.equal(401)
  })

  it('takes the key from either header, the query or the first subprotocol, on any path below', async () => {
    const ways = [
      () => openThermalClient(main, { headers: { 'PX-API-KEY': key } }),
      () => openThermalClient(`${main}pos/1`, { headers: { 'X-API-KEY': key } }),
      () => openThermalClient(`${main}?api_key=${key}`),
      () => openThermalClient(main, {}, [`packhouse.key.${key}`, 'other']),
    ]
    for (const way of ways) {
      const client = await way()
      expect(await client.ask(job)).to.include({ Status: 'DONE' })
      expect(client.socket.extensions).to.equal('')
      await client.close()
    }
  })

  it('answers an offered list of subprotocols with its first entry', async () => {
    const client = await openThermalClient(local, {}, ['one', 'two'])
    expect(client.socket.protocol).to.equal('one')
    await client.close()
  })

  it('shows a key that is limited to a location the printers of that location alone', async () => {
    const location = (await admin.post('/v1/locations', { name: 'elsewhere' })).json.data.id
    const limited = await keyWith({ limit_to_location: location })
    const client = await openThermalClient(main, { headers: { 'X-API-KEY': limited } })
    expect(await client.ask(job)).to.include({
      ErrorMessage: 'Printer PRINTER_001 not found in configuration',
    })
    await client.close()
  })

  it('needs no key on the loopback port, and refuses one that is wrong', async () => {
    await (await openThermalClient(local)).close()
    await (await openThermalClient(local, { headers: { 'X-API-KEY': key } })).close()
    expect(await refusalOf(local, { headers: { 'X-API-KEY': 'wrong' } })).to.equal(401)
  })

  it('lets in the origins that are named, in any letter case, and no other, key or no key', async () => {
    await (await openThermalClient(local, { origin: 'HTTPS://POS.example' })).close()
    expect(await refusalOf(local, { origin: 'https://evil.example' })).to.equal(403)
    expect(await refusalOf(local, { origin: 'null', headers: { 'X-API-KEY': key } })).to.equal(403)
    const client = await openThermalClient(main, {
      origin: 'https://any.example',
      headers: { 'X-API-KEY': key },
    })
    await client.close()
  })

  it('lets in the loopback names alone as Host', async () => {
    await (await openThermalClient(local, { headers: { Host: 'LOCALHOST:7000' } })).close()
    expect(await refusalOf(local, { headers: { Host: 'pos.example' } })).to.equal(403)
  })

  it('listens on the loopback address of IPv6 too, where there is one', async function () {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
    if (!addresses.some(({ address }) => address === '::1')) this.skip()
    const client = await openThermalClient(local.replace('127.0.0.1', '[::1]'))
    expect(await client.ask(job)).to.include({ Status: 'DONE' })
    await client.close()
  })

  it('has nothing at other paths', async () => {
    expect(await refusalOf(local.replace('websocket/', 'other'))).to.equal(404)
    expect(await refusalOf(main.replace('/pack', ''), { headers: { 'X-API-KEY': key } })).to.equal(404)
    expect(
      (await fetch(`${local.replace('ws', 'http').replace('websocket/', 'v1/locations')}`)).status,
    ).to.equal(404)
  })

  it('tells its status by plain HTTP, and answers 400 to anything else', async () => {
    const client = await openThermalClient(local)
    const status = `${local.replace('ws', 'http')}status`
    const reply = await fetch(status, { headers: { Origin: 'https://pos.example' } })
    expect(reply.headers.get('access-control-allow-origin')).to.equal('https://pos.example')
    expect(reply.headers.get('vary')).to.equal('Origin')
    expect(await reply.text()).to.equal(
      '{"IsRunning":true,"ConnectedClients":1,"ScaleStatuses":[],"ScalesSupported":false}',
    )
    expect((await fetch(status, { method: 'POST' })).status).to.equal(400)
    const reading = await keyWith({ scopes: ['thermal:read'] })
    const onMain = `${server.url}/websocket/`
    expect((await fetch(`${onMain}status`)).status).to.equal(401)
    expect((await fetch(`${onMain}status`, { headers: { 'X-API-KEY': reading } })).status).to.equal(200)
    expect((await fetch(onMain, { headers: { 'X-API-KEY': reading } })).status).to.equal(400)
    await client.close()
  })

  it("answers a client's close with 1000, invalid UTF-8 with 1007 and more than 16 MiB with 1009", async () => {
    for (const [code, act] of [
      [1000, (client) => client.socket.close(4321)],
      [1000, (client) => client.socket.close(1009, 'of the client')],
      [1000, (client) => client.socket.close(1001)],
      [1007, (client) => client.socket.send(Buffer.from([0xc3, 0x28]), { binary: false })],
      [1009, (client) => client.socket.send('x'.repeat(16_777_217))],
    ] as [number, (client: Awaited<ReturnType<typeof openThermalClient>>) => void][]) {
      const client = await openThermalClient(local)
      const closed = once(client.socket, 'close')
      act(client)
      expect((await closed)[0]).to.equal(code)
    }
  })

  it('reads large messages one after the other, and answers each', async () => {
    const client = await openThermalClient(local)
    const ids = ['1', '2', '3', '4', '5', '6']
    for (const JobId of ids)
      client.send({ ...job, JobId, PrinterId: 'no', Document: { a: 'x'.repeat(5_000_000) } })
    await client.nth(ids.length)
    expect(client.heard.map(({ JobId }) => JobId)).to.deep.equal(ids)
    await client.close()
  })

  it('answers a plain request that offers HTTP/2 as if it did not', async () => {
    const { request } = await import('node:http')
    const headers = {
      Connection: 'Upgrade, HTTP2-Settings',
      Upgrade: 'h2c',
      'HTTP2-Settings': 'AAMAAABkAAQAAP__',
    }
    const asked = request(`${server.url}/healthz`, { headers }).end()
    const [response] = (await once(asked, 'response')) as [{ statusCode: number; resume(): void }]
    response.resume()
    expect(response.statusCode).to.equal(200)
  })

  it('takes 200 connections and refuses the next with 503', async () => {
    const clients = await Promise.all(Array.from({ length: 200 }, () => openThermalClient(local)))
    expect(await refusalOf(local)).to.equal(503)
    await Promise.all(clients.map((client) => client.close()))
  })
})
