import { expect } from 'chai'
import { cloneDatabase } from '../helpers/database.ts'
import { type DatabaseLine, startDatabaseLine } from '../helpers/database-line.ts'
import { eventually } from '../helpers/eventually.ts'
import { freePort } from '../helpers/free-port.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { openThermalClient } from './thermal-client.ts'

describe('a thermal message whose commit was not confirmed', () => {
  let line: DatabaseLine
  let server: TestServer
  let port: number

  before(async () => {
    const database = await cloneDatabase()
    line = await startDatabaseLine(database.url)
    port = await freePort()
    server = await startServer({ database, env: { DATABASE_URL: line.url, THERMAL_PORT: String(port) } })
    await server.services.printers.createStation('test', {
      locationId: server.credentials.location_id,
      name: 'far away',
      printers: [
        { name: 'Far', code: 'FAR', connection: { type: 'station' } as const },
        { name: 'Till', code: 'TILL', connection: { type: 'virtual' } as const },
      ],
    })
  })
  after(async () => {
    await server.stop()
    await line.close()
  })

  it('is answered as one that may print, since it does, for a job', async () => {
    const client = await openThermalClient(`ws://127.0.0.1:${port}/websocket/`)
    const lost = line.loseCommitOf('lost-job')
    const Document = { Number: '1' }
    const result = await client.ask({
      JobId: 'lost-job',
      PrinterId: 'FAR',
      DocumentType: 'ticket_venta',
      Document,
    })
    await lost
    expect(result).to.deep.equal({
      JobId: 'lost-job',
      Status: 'ERROR',
      ErrorMessage:
        'outcome-unknown: the database went away while the job was queued: it may have printed, or will',
    })
    expect(await server.db('print_jobs').where({ name: 'lost-job', status: 'queued' })).to.have.length(1)
    await client.close()
  })

  it('is answered as one that may be carried out, since it is, for a command', async () => {
    const client = await openThermalClient(`ws://127.0.0.1:${port}/websocket/`)
    const lost = line.loseCommitOf('insert into printer_commands')
    const result = await client.ask({
      JobId: 'lost-drawer',
      PrinterId: 'TILL',
      Action: 'ExecuteCommand',
      Command: 'Drawer',
    })
    await lost
    expect(result).to.deep.equal({
      JobId: 'lost-drawer',
      Status: 'ERROR',
      ErrorMessage:
        'outcome-unknown: the database went away while the command was queued: it may have been carried out, or will',
    })
    await eventually('it is carried out', async () =>
      (await server.db('printer_commands').where({ status: 'completed' })).length === 1 ? true : undefined,
    )
    await client.close()
  })
})
