import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { runInPrinterNetwork } from '../helpers/network-namespace.ts'
import { openRestWorkspace, type RestWorkspace } from './rest-fixtures.ts'

const DISCOVER = '/v1/cloud-printing/printers/discover'
const CHILD = fileURLToPath(new URL('../helpers/discovery-child.ts', import.meta.url))

describe('GET …/printers/discover', function () {
  this.timeout(90_000)

  describe('where the operator hasn’t switched it on', () => {
    let workspace: RestWorkspace
    before(async () => {
      workspace = await openRestWorkspace()
    })
    after(() => workspace.stop())

    it('asks no network and says why', async () => {
      const { status, json } = await workspace.admin.get(DISCOVER)
      expect(status).to.equal(404)
      expect(json).to.include({ code: 'not_found', endpoint: DISCOVER })
      expect(json.message).to.include('PRINTER_DISCOVERY')
    })

    it('takes the scope of those who set printers up', async () => {
      const { client } = await workspace.keyWith(['print_stations:read'])
      expect((await client.get(DISCOVER)).json).to.include({ code: 'missing_scope' })
      expect((await workspace.admin.as(null).get(DISCOVER)).status).to.equal(401)
    })

    it('waits for one to ten whole seconds', async () => {
      for (const wait of ['0', '11', '1.5', 'x', '-1']) {
        expect((await workspace.admin.get(`${DISCOVER}?wait=${wait}`)).json).to.include({
          code: 'validation_error',
        })
      }
    })
  })

  describe('in a network with a printer', () => {
    let database: TestDatabase
    let folder: string
    let bridge: Server
    before(async () => {
      database = await cloneDatabase()
      folder = await mkdtemp(join(tmpdir(), 'packhouse-discovery-'))
      bridge = await bridgeTo(database.url, folder)
    })
    after(async () => {
      bridge.close()
      await database.drop()
      await rm(folder, { recursive: true, force: true })
    })

    it('finds it, once for each way in which it can be reached, with what a station’s printer needs', async function () {
      const { username, password, pathname } = new URL(database.url)
      const user = password === '' ? username : `${username}:${password}`
      const url = `postgres://${user}@localhost:5432${pathname}?host=${encodeURIComponent(folder)}`
      const settings = {
        DATABASE_URL: url,
        DATA_DIR: folder,
        DEMO: 'true',
        PORT: '0',
        PRINTER_DISCOVERY: 'true',
        PRINTER_PORTS: '631',
      }
      const env = ['env', ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)]
      const command = [...env, process.execPath, '--import', 'tsx', CHILD, `${DISCOVER}?wait=2`, DISCOVER]
      const lines = (await runInPrinterNetwork(this, command)).trim().split('\n')
      const [first, second] = lines.map((line) => JSON.parse(line))
      expect(first).to.include({ status: 200, message: '2 printers found' })
      expect(first.data[0]).to.deep.include({
        object: 'discovered_printer',
        name: 'Hall laser',
        model: 'Example Printer',
        host: 'example.local',
        port: 8651,
        addresses: ['10.99.0.1'],
        formats: ['application/pdf', 'image/jpeg'],
        color: true,
        duplex: true,
        connection: { type: 'ipp', uri: 'ipp://10.99.0.1:8651/ipp/print' },
        port_allowed: false,
      })
      expect(first.data[1].connection).to.deep.equal({ type: 'ipp', uri: 'ipps://10.99.0.1:8651/ipp/print' })
      expect(second.data).to.deep.equal(first.data)
    })
  })
})

/** A Unix socket leads out of a network namespace where TCP doesn't. */
async function bridgeTo(databaseUrl: string, folder: string): Promise<Server> {
  const url = new URL(databaseUrl)
  const port = url.searchParams.get('port') ?? (url.port || '5432')
  const socketFolder = url.searchParams.get('host')
  const target =
    socketFolder === null
      ? { host: url.hostname, port: Number(port) }
      : { path: join(socketFolder, `.s.PGSQL.${port}`) }
  const server = createServer((socket) => {
    const upstream = connect(target)
    socket.pipe(upstream).pipe(socket)
    socket.on('error', () => upstream.destroy())
    upstream.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(join(folder, '.s.PGSQL.5432'), resolve))
  return server
}
