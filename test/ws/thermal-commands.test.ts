import { expect } from 'chai'
import { pino } from 'pino'
import { readConfig } from '../../lib/config.ts'
import { startPackhouse } from '../../lib/packhouse.ts'
import { type EscposPrinter, startEscposPrinter } from '../helpers/escpos-printer.ts'
import { eventually } from '../helpers/eventually.ts'
import { freePort } from '../helpers/free-port.ts'
import { renderingPool, startServer, type TestServer } from '../helpers/server.ts'
import { startServerProcess } from '../helpers/server-process.ts'
import { openThermalClient, type ThermalClient } from './thermal-client.ts'

const CUT = '1d5600'
const DRAWER = '1b70003232'
const command = (Command: string, JobId?: string) => ({
  Action: 'ExecuteCommand',
  PrinterId: 'A',
  Command,
  JobId,
})
const receipt = (JobId: string) => ({
  JobId,
  PrinterId: 'A',
  DocumentType: 'ticket_venta',
  Document: { Number: JobId },
})

describe('commands of thermal clients', () => {
  let server: TestServer
  let port: number
  let printer: EscposPrinter
  let client: ThermalClient

  beforeEach(async () => {
    port = await freePort()
    server = await startServer({ env: { THERMAL_PORT: String(port), PRINTER_PORTS: '1-65535' } })
    printer = await startEscposPrinter()
    const { port: printerPort } = printer
    await server.services.printers.createStation('test', {
      locationId: server.credentials.location_id,
      name: 'kitchen',
      printers: [
        {
          name: 'A',
          code: 'A',
          connection: { type: 'socket', host: '127.0.0.1', port: printerPort, language: 'escpos' },
        },
      ],
    })
    client = await openThermalClient(`ws://127.0.0.1:${port}/websocket/`)
  })
  afterEach(async () => {
    await client.close()
    await server.stop()
    await printer.close()
  })

  const pause = (isPaused: boolean) =>
    server.db('printers').where({ code: 'A' }).update({ is_paused: isPaused })
  const printed = () =>
    printer.jobs.map((bytes) => {
      const hex = bytes.toString('hex')
      return hex === CUT || hex === DRAWER ? hex : (/#: (\S+)/.exec(bytes.toString('latin1'))?.[1] ?? hex)
    })

  it('are carried out between the receipts that were sent before and after them', async () => {
    printer.mode = 'slow'
    client.send(receipt('one'))
    client.send(command('cut'))
    client.send(receipt('two'))
    client.send(command('drawer', 'open'))
    client.send(receipt('three'))
    await client.nth(4)
    expect(client.heard.map(({ JobId, Status }) => [JobId, Status])).to.deep.equal(
      ['one', 'two', 'open', 'three'].map((id) => [id, 'DONE']),
    )
    expect(printed()).to.deep.equal(['one', CUT, 'two', DRAWER, 'three'])
  })

  it('are held by a paused printer, with their results', async () => {
    await pause(true)
    client.send(command('Drawer', 'held'))
    client.send({ JobId: 'told', PrinterId: 'NOWHERE', DocumentType: 'x', Document: {} })
    expect(await client.nth(1)).to.include({ JobId: 'told', Status: 'ERROR' })
    await eventually('the command is queued', async () =>
      (await server.db('printer_commands').where({ status: 'queued' })).length === 1 ? true : undefined,
    )
    await pause(false)
    expect(await client.nth(2)).to.deep.equal({ JobId: 'held', Status: 'DONE', ErrorMessage: null })
    expect(printed()).to.deep.equal([DRAWER])
  })

  it('are dropped when they have waited for two minutes, so that no drawer opens hours later', async () => {
    await pause(true)
    client.send(command('Drawer', 'late'))
    client.send(command('Drawer'))
    await eventually('both are queued', async () =>
      (await server.db('printer_commands')).length === 2 ? true : undefined,
    )
    await server.db('printer_commands').update({ created_at: new Date(Date.now() - 121_000) })
    await pause(false)
    expect(await client.nth(1)).to.deep.equal({
      JobId: 'late',
      Status: 'ERROR',
      ErrorMessage: 'Printer A: job-expired: not sent within 120 s',
    })
    expect(await client.ask(receipt('next'))).to.include({ Status: 'DONE' })
    expect(printed()).to.deep.equal(['next'])
  })

  for (const [type, connection] of [
    ['no ESC/POS any more', { type: 'socket', host: '127.0.0.1', port: 9100, language: 'zpl' }],
    ['station clients now', { type: 'station' }],
  ] as const) {
    it(`are answered when their printer is one for ${type}`, async () => {
      await pause(true)
      client.send(command('Cut', 'waits'))
      await eventually('the command is queued', async () =>
        (await server.db('printer_commands')).length === 1 ? true : undefined,
      )
      await server.db('printers').where({ code: 'A' }).update({ is_paused: false, connection })
      if (type === 'station clients now') {
        await server.db('printer_commands').update({ created_at: new Date(Date.now() - 121_000) })
      }
      const { ErrorMessage } = await client.nth(1)
      expect(ErrorMessage).to.match(/^Printer A: (aborted-by-system: .*ESC\/POS|job-expired: )/)
      expect(printed()).to.deep.equal([])
    })
  }

  it('are sent by the process that has the printer, over one connection at a time', async () => {
    printer.mode = 'slow'
    const config = readConfig({ ...server.env, THERMAL_PORT: String(await freePort()) })
    const other = await startPackhouse({ config, log: pino({ level: 'silent' }), renderingPool })
    const further = await openThermalClient(`ws://127.0.0.1:${config.thermal.port}/websocket/`)
    try {
      for (const id of ['1', '2', '3']) {
        client.send(receipt(`own-${id}`))
        further.send(command('Cut', `cut-${id}`))
      }
      await Promise.all([client.nth(3), further.nth(3)])
      expect(further.heard.map(({ JobId, Status }) => `${String(JobId)} ${String(Status)}`)).to.deep.equal([
        'cut-1 DONE',
        'cut-2 DONE',
        'cut-3 DONE',
      ])
      expect(printed().filter((hex) => hex === CUT)).to.have.length(3)
      expect(printer.connectionsMax).to.equal(1)
    } finally {
      await further.close()
      await other.stop()
    }
  })

  it('are answered with what went wrong, and not tried again', async () => {
    printer.mode = 'refusing'
    const refused = await client.ask(command('Cut', 'refused'))
    expect(refused['ErrorMessage']).to.match(/^Printer A: connecting-to-device: /)
    printer.mode = 'resetting'
    const reset = await client.ask(command('Cut', 'reset'))
    expect(reset['ErrorMessage']).to.match(/^Printer A: outcome-unknown: /)
    printer.mode = 'cover open'
    expect(await client.ask(command('Drawer', 'unasked'))).to.include({ Status: 'DONE' })
    expect(printed()).to.deep.equal([DRAWER])
  })

  it('are not queued again by a process that lost the printer to one that sends them', async () => {
    await pause(true)
    client.send(command('Cut', 'doubtful'))
    await eventually('the command is queued', async () =>
      (await server.db('printer_commands')).length === 1 ? true : undefined,
    )
    const other = await server.db.transaction()
    await other.raw('select from printer_commands for update')
    await pause(false)
    await eventually('it is about to be sent', async () => {
      const { rows } = await server.db.raw(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows.length > 0 ? true : undefined
    })
    await other.raw(
      `with lease as (
         update printer_leases set fence = fence + 1, process_number = 0
         where printer_id = (select printer_id from printer_commands) returning fence
       )
       update printer_commands set status = 'processing', fence = lease.fence from lease`,
    )
    await other.commit()
    expect((await client.nth(1))['ErrorMessage']).to.match(/^Printer A: outcome-unknown: the server stopped/)
    expect(printed()).to.deep.equal([])
  })

  it('are not sent again by the next process when one is killed in the middle', async () => {
    printer.mode = 'lingering'
    await client.close()
    await server.pause()
    const child = await startServerProcess(server.env)
    const sender = await openThermalClient(`ws://127.0.0.1:${port}/websocket/`)
    sender.socket.on('error', () => undefined)
    sender.send(command('Cut', 'doubtful'))
    await eventually('the printer has the command', () => (printer.jobs.length > 0 ? true : undefined))
    child.kill('SIGKILL')
    await child.ended
    printer.mode = 'healthy'
    await server.resume()
    const reason = await eventually('the command is failed', async () => {
      const failed = await server.db<{ reason: string }>('printer_commands').where('status', 'failed')
      return failed[0]?.reason
    })
    expect(reason).to.match(/^outcome-unknown: the server stopped/)
    expect(printed()).to.deep.equal([CUT])
  })
})
