import { expect } from 'chai'
import { pino } from 'pino'
import type { Connection } from '../../lib/delivery/connection.ts'
import { GROUP } from '../../lib/delivery/ipp-tags.ts'
import type { ProbeFinding } from '../../lib/delivery/printer-probe.ts'
import { probePrinter } from '../../lib/delivery/printer-probe.ts'
import type { NewPrinter } from '../../lib/printers/printer.ts'
import { startPrinterChecks } from '../../lib/printers/printer-check-service.ts'
import { createPrintersService, type PrintersService } from '../../lib/printers/printers-service.ts'
import { createStationSilence } from '../../lib/printers/station-silence-service.ts'
import { createEventsService } from '../../lib/webhooks/events-service.ts'
import { cloneDatabase, type TestDatabase } from '../helpers/database.ts'
import { eventually } from '../helpers/eventually.ts'
import { startEscposPrinter } from '../helpers/escpos-printer.ts'
import { answering, aPrinterState, startFakeIppPrinter } from '../helpers/fake-ipp-printer.ts'
import { startSocketSink } from '../helpers/socket-sink.ts'
import { startZebraPrinter } from '../helpers/zebra-printer.ts'
import { aLocation, eventsOf } from './printing-fixtures.ts'

describe('checks of idle printers', () => {
  let database: TestDatabase
  let printers: PrintersService

  before(async () => {
    database = await cloneDatabase()
    printers = createPrintersService({
      db: database.db,
      events: createEventsService(),
      printerPorts: [{ first: 1, last: 65_535 }],
    })
  })
  after(() => database.drop())

  async function add(...list: NewPrinter[]): Promise<string[]> {
    const locationId = await aLocation(database.db)
    const station = await printers.createStation('usr_1', { locationId, name: 'Checked', printers: list })
    return station.printers.map(({ printerId }) => printerId)
  }

  const remove = () => database.db.raw('update printers set deleted_at = now() where deleted_at is null')

  /** A minute is over whenever the test says so. */
  const checksWith = (
    probe: (connection: Connection, signal: AbortSignal) => Promise<ProbeFinding | undefined>,
    { intervalMs = 0, lookMs = 60_000 } = {},
  ) =>
    startPrinterChecks({
      db: database.db,
      printers,
      silence: createStationSilence({ db: database.db, events: createEventsService() }),
      probe,
      timing: { tickMs: 3_600_000, intervalMs, lookMs },
      log: pino({ level: 'silent' }),
    })

  afterEach(remove)

  it('look at IPP printers, and at sockets that were found offline or in trouble', async () => {
    const ipp = (name: string): NewPrinter => ({ name, connection: { type: 'ipp', uri: `ipp://${name}/` } })
    const socket = (name: string, status: 'online' | 'offline' | 'error'): NewPrinter => ({
      name,
      status,
      connection: { type: 'socket', host: name, port: 9100, language: 'zpl' },
    })
    await add(ipp('one'), socket('on', 'online'), socket('off', 'offline'), socket('bad', 'error'), {
      name: 'client',
    })
    const seen: string[] = []
    const checks = checksWith((connection) => {
      seen.push(
        'uri' in connection ? connection.uri : 'host' in connection ? connection.host : connection.type,
      )
      return Promise.resolve(undefined)
    })
    await checks.run()
    expect(seen.toSorted()).to.deep.equal(['bad', 'ipp://one/', 'off'])
    await checks.stop()
  })

  it('are made by one process at a time, and not again before the interval is over', async () => {
    await add(
      ...Array.from({ length: 15 }, (_, index): NewPrinter => {
        return { name: `p${index}`, connection: { type: 'ipp', uri: `ipp://p${index}/` } }
      }),
    )
    let count = 0
    const probe = () => {
      count += 1
      return Promise.resolve(undefined)
    }
    const processes = Array.from({ length: 4 }, () => checksWith(probe, { intervalMs: 60_000 }))
    await Promise.all(processes.map((checks) => checks.run()))
    await Promise.all(processes.map((checks) => checks.run()))
    expect(count).to.equal(15)
    await Promise.all(processes.map((checks) => checks.stop()))
  })

  it('go on after one that never answers, and end while one is waited for', async () => {
    const [stuck] = await add({ name: 'stuck', connection: { type: 'ipp', uri: 'ipp://stuck/' } })
    let looks = 0
    const probe = () => {
      looks += 1
      return new Promise<never>(() => undefined)
    }
    const impatient = checksWith(probe, { lookMs: 10 })
    await impatient.run()
    await impatient.run()
    expect(looks).to.equal(2)
    await impatient.stop()
    const patient = checksWith(probe)
    const running = patient.run()
    await eventually('the look', () => Promise.resolve(looks === 3 ? true : undefined))
    await patient.stop()
    await running
    expect((await printers.getPrinter(database.db, stuck ?? '')).status).to.equal('online')
  })

  it('look at many printers at once without a warning in the log', async () => {
    const printer = await startFakeIppPrinter({
      getPrinterAttributes: answering(0, GROUP.printer, aPrinterState({ reasons: ['none'] })),
    })
    await add(
      ...Array.from({ length: 15 }, (_, index): NewPrinter => {
        return { name: `p${index}`, connection: { type: 'ipp', uri: printer.uri } }
      }),
    )
    const warnings: string[] = []
    const hear = ({ name }: Error) => warnings.push(name)
    process.on('warning', hear)
    const checks = checksWith(probePrinter)
    await checks.run()
    await checks.stop()
    process.off('warning', hear)
    expect(warnings).to.deep.equal([])
    await printer.close()
  })

  it('notice an IPP printer that runs out of paper, is refilled, and is switched off', async () => {
    let reasons = ['none']
    const printer = await startFakeIppPrinter({
      getPrinterAttributes: (request) => answering(0, GROUP.printer, aPrinterState({ reasons }))(request),
    })
    const [id = ''] = await add({ name: 'a', connection: { type: 'ipp', uri: printer.uri } })
    const checks = checksWith((connection) => probePrinter(connection, AbortSignal.timeout(10_000)))
    const found = async () => {
      await checks.run()
      const { status, stateReasons } = await printers.getPrinter(database.db, id)
      return [status, ...stateReasons]
    }
    expect(await found()).to.deep.equal(['online'])
    reasons = ['media-empty-error']
    expect(await found()).to.deep.equal(['error', 'media-empty'])
    reasons = ['none']
    expect(await found()).to.deep.equal(['online'])
    await printer.close()
    expect(await found()).to.deep.equal(['offline', 'connecting-to-device'])
    expect(await eventsOf(database.db, id)).to.have.length(3)
    await checks.stop()
  })

  it('bring a socket printer back that listens again', async () => {
    const sink = await startSocketSink()
    const connection = { type: 'socket', host: sink.host, port: sink.port, language: 'raw' } as const
    const [id = ''] = await add({ name: 'a', status: 'offline', connection })
    const checks = checksWith((to) => probePrinter(to, AbortSignal.timeout(10_000)))
    await checks.run()
    expect((await printers.getPrinter(database.db, id)).status).to.equal('online')
    expect(sink.received).to.have.length(0)
    await checks.stop()
    await sink.close()
  })

  it('ask socket printers that can tell what is the matter', async () => {
    const zebra = await startZebraPrinter('head up')
    const epson = await startEscposPrinter('paper end')
    const [label = '', receipt = ''] = await add(
      {
        name: 'label',
        status: 'error',
        connection: { type: 'socket', host: zebra.host, port: zebra.port, language: 'zpl' },
      },
      {
        name: 'receipt',
        status: 'offline',
        connection: { type: 'socket', host: '127.0.0.1', port: epson.port, language: 'escpos' },
      },
    )
    const checks = checksWith((to) => probePrinter(to, AbortSignal.timeout(10_000)))
    const found = async () => {
      await checks.run()
      const states = [label, receipt].map((id) => printers.getPrinter(database.db, id))
      return (await Promise.all(states)).map(({ status, stateReasons }) => [status, ...stateReasons])
    }
    expect(await found()).to.deep.equal([
      ['error', 'cover-open', 'paused'],
      ['error', 'media-empty'],
    ])
    zebra.mode = 'healthy'
    epson.mode = 'healthy'
    expect(await found()).to.deep.equal([['online'], ['online']])
    expect([...zebra.received, ...epson.jobs.map(String)].join('')).to.equal('')
    await checks.stop()
    await Promise.all([zebra.close(), epson.close()])
  })
})
