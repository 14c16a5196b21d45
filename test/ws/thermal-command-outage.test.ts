import { expect } from 'chai'
import { cloneDatabase } from '../helpers/database.ts'
import { type DatabaseLine, startDatabaseLine } from '../helpers/database-line.ts'
import { type EscposPrinter, startEscposPrinter } from '../helpers/escpos-printer.ts'
import { freePort } from '../helpers/free-port.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { openThermalClient } from './thermal-client.ts'

describe('a command that was carried out while the database could not be told', function () {
  this.timeout(60_000)
  let line: DatabaseLine
  let server: TestServer
  let printer: EscposPrinter
  let port: number

  before(async () => {
    const database = await cloneDatabase()
    line = await startDatabaseLine(database.url)
    port = await freePort()
    printer = await startEscposPrinter()
    server = await startServer({
      database,
      env: { DATABASE_URL: line.url, THERMAL_PORT: String(port), PRINTER_PORTS: '1-65535' },
    })
    const connection = { type: 'socket', host: '127.0.0.1', port: printer.port, language: 'escpos' } as const
    await server.services.printers.createStation('test', {
      locationId: server.credentials.location_id,
      name: 'kitchen',
      printers: [{ name: 'A', code: 'A', connection }],
    })
  })
  after(async () => {
    await server.stop()
    await line.close()
    await printer.close()
  })

  it('is told as done, once the database is there again', async () => {
    const client = await openThermalClient(`ws://127.0.0.1:${port}/websocket/`)
    const refused = line.refuse(`(status = 'processing' and fence`)
    const result = await client.ask({
      Action: 'ExecuteCommand',
      PrinterId: 'A',
      Command: 'Drawer',
      JobId: 'open',
    })
    await refused
    expect(result).to.deep.equal({ JobId: 'open', Status: 'DONE', ErrorMessage: null })
    expect(printer.jobs).to.have.length(1)
    await client.close()
  })
})
