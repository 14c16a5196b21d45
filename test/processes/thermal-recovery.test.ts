import { expect } from 'chai'
import type { DispatcherStep } from '../../lib/print-jobs/delivery-step.ts'
import { type EscposPrinter, startEscposPrinter } from '../helpers/escpos-printer.ts'
import { eventually } from '../helpers/eventually.ts'
import { freePort } from '../helpers/free-port.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { startServerProcess } from '../helpers/server-process.ts'
import { readJob } from '../helpers/thermal-job.ts'
import { openThermalClient, type ThermalClient } from '../ws/thermal-client.ts'

const receipt = (JobId: string) => ({
  JobId,
  PrinterId: 'A',
  DocumentType: 'ticket_venta',
  Document: { Number: JobId },
})

describe('thermal jobs of a server that was killed', function () {
  this.timeout(60_000)
  let server: TestServer
  let port: number
  let printer: EscposPrinter
  let copier: EscposPrinter

  beforeEach(async () => {
    port = await freePort()
    server = await startServer({ env: { THERMAL_PORT: String(port), PRINTER_PORTS: '1-65535' } })
    ;[printer, copier] = await Promise.all([startEscposPrinter(), startEscposPrinter()])
    const printerOf = (code: string, printerPort: number, thermal: Record<string, unknown>) => ({
      name: code,
      code,
      connection: { type: 'socket', host: '127.0.0.1', port: printerPort, language: 'escpos' } as const,
      configuration: { thermal },
    })
    await server.services.printers.createStation('test', {
      locationId: server.credentials.location_id,
      name: 'kitchen',
      printers: [printerOf('A', printer.port, { copy_to: ['B'] }), printerOf('B', copier.port, {})],
    })
    await server.pause()
  })
  afterEach(async () => {
    await server.stop()
    await Promise.all([printer.close(), copier.close()])
  })

  /** Sends the jobs to a process that is then killed; its clients hear nothing more. */
  async function sendAndKill(
    step: DispatcherStep | 'none',
    jobIds: readonly string[],
    queued: () => Promise<unknown> = async () => undefined,
  ): Promise<void> {
    const child = await startServerProcess(server.env, step)
    const client: ThermalClient = await openThermalClient(`ws://127.0.0.1:${port}/websocket/`)
    client.socket.on('error', () => undefined)
    for (const jobId of jobIds) client.send(receipt(jobId))
    await queued()
    if (step === 'none') child.kill('SIGKILL')
    expect(await child.ended).to.equal('SIGKILL')
  }

  const jobs = () =>
    server.db<{ name: string; status: string; reason: string | null }>('print_jobs').orderBy('queue_position')
  const ended = (count: number) =>
    eventually(`${count} jobs end`, async () => {
      const found = await jobs()
      const isEnd = found.every(({ status }) => status !== 'queued' && status !== 'processing')
      return found.length === count && isEnd ? found : undefined
    })
  const numbers = ({ jobs: printed }: EscposPrinter) =>
    printed.map((bytes) =>
      readJob(bytes)
        .lines.find((line) => line.startsWith('Ticket'))
        ?.slice(10),
    )

  it('print after a restart, in their order, and so do their copies', async () => {
    const pause = (isPaused: boolean) =>
      server.db('printers').where({ code: 'A' }).update({ is_paused: isPaused })
    await pause(true)
    await sendAndKill('none', ['1', '2', '3'], () =>
      eventually('they are queued', async () => ((await jobs()).length === 3 ? true : undefined)),
    )
    expect(printer.jobs).to.deep.equal([])
    await pause(false)
    await server.resume()
    const all = await ended(6)
    expect(all.map(({ status }) => status)).to.deep.equal(Array(6).fill('completed'))
    expect(numbers(printer)).to.deep.equal(['1', '2', '3'])
    expect(numbers(copier).toSorted()).to.deep.equal(['1', '2', '3'])
  })

  it('are copied once when it died between the end of the job and its copies', async () => {
    await sendAndKill('recorded', ['done'])
    await server.resume()
    await ended(2)
    expect([numbers(printer), numbers(copier)]).to.deep.equal([['done'], ['done']])
  })

  it('are not printed again, nor copied, when it died in the middle of sending', async () => {
    printer.mode = 'lingering'
    await sendAndKill('none', ['half'], () =>
      eventually('the printer has it', () => (printer.jobs.length > 0 ? true : undefined)),
    )
    printer.mode = 'healthy'
    await server.resume()
    const [job] = await ended(1)
    expect(job?.reason).to.match(/^outcome-unknown: .*it may have printed$/)
    await eventually('its copies are given up', async () =>
      (await server.db('thermal_copies')).length === 0 ? true : undefined,
    )
    expect([numbers(printer), numbers(copier)]).to.deep.equal([['half'], []])
  })
})
