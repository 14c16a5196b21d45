import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { addPackagesWithFile, addSocketPrinter } from '../helpers/print-floor.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'

const TIMING = { retryMinMs: 20, retryMaxMs: 40, refusalsMax: 3 }

const caller = {
  id: 'key_test',
  kind: 'key',
  name: 'test',
  role: null,
  scopes: ['print_jobs:write', 'print_stations:write'],
  merchantId: null,
  locationId: null,
} as const

interface JobRow {
  readonly job_id: string
  readonly status: string
  readonly printer_id: string
  readonly station_id: string
  readonly tries: number
  readonly warnings: readonly string[]
}

describe('a queue whose printer can not be reached', function () {
  this.timeout(60_000)
  let server: TestServer
  let gone: SocketSink

  beforeEach(async () => {
    gone = await startSocketSink()
    await gone.close()
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' }, printingTiming: TIMING })
    // The demo's own printers are out of the way, so that the ones of the test are all there is.
    await server.db.raw(`update printers set is_paused = true`)
  })
  afterEach(() => server.stop())

  const page = (text: string) => makePdf({ pages: 1, widthPt: 612, heightPt: 792, text })
  const jobs = async (): Promise<readonly JobRow[]> => {
    const { rows } = await server.db.raw('select * from print_jobs order by queue_position')
    return rows
  }
  const jobsWhen = (what: string, test: (rows: readonly JobRow[]) => boolean) =>
    eventually(what, async () => {
      const rows = await jobs()
      return test(rows) ? rows : undefined
    })
  const refusedOften = (rows: readonly JobRow[]) => rows.length > 0 && rows.every(({ tries }) => tries >= 8)

  async function confirm(id: string, text: string, stationId: string): Promise<Buffer> {
    const pdf = await page(text)
    const { instructionId } = await addPackagesWithFile(server, { id, count: 1, pdf })
    await server.rpc.call(
      'packing.confirm',
      [instructionId, `${id}-s-1`, { station_id: stationId }],
      'packer',
    )
    return pdf
  }

  it('moves to another printer of the pool, in order, and tells where the paper comes out', async () => {
    const near = await addSocketPrinter(server, gone, 'Near')
    const first = await confirm('A', 'first', near.stationId)
    const second = await confirm('B', 'second', near.stationId)
    const sink = await startSocketSink()
    const far = await addSocketPrinter(server, sink, 'Far')
    // A printer that came later was no candidate of theirs: only what was eligible when a job was made is.
    const third = await confirm('C', 'third', near.stationId)
    const rows = await jobsWhen('one is printed', (all) => all.some(({ status }) => status === 'completed'))
    expect(rows.map(({ status }) => status)).to.deep.equal(['queued', 'queued', 'completed'])
    expect(rows[2]).to.include({ printer_id: far.printerId, station_id: far.stationId })
    expect(rows[2]?.warnings).to.deep.equal([
      'printer-changed: Near laser takes no jobs, so it goes to Far laser at Far',
    ])
    expect(sink.received).to.deep.equal(third)
    const view = await server.rpc.call('packing.open', ['C-s-1'], 'packer')
    expect(view.occurrences[0].print_job.printer.name).to.equal('Far laser')

    const back = await startSocketSink({ port: gone.port })
    await jobsWhen('all are printed', (all) => all.every(({ status }) => status === 'completed'))
    expect(back.received.equals(Buffer.concat([first, second]))).to.equal(true)
    await Promise.all([sink.close(), back.close()])
  })

  describe('and the papers of one package', () => {
    async function confirmAlso(id: string, text: string, stationId: string): Promise<Buffer> {
      const pdf = await page(text)
      const file = { file_name: `${text}.pdf`, file_content: pdf.toString('base64') }
      const options = { ...file, presentation: 'once_per_package', print_target: 'LASER' }
      const instruction = await server.rpc.call('order_instruction.create', [id, text, options])
      const where = { station_id: stationId }
      await server.rpc.call('packing.confirm', [instruction.instruction_id, `${id}-s-1`, where], 'packer')
      return pdf
    }
    const printersOf = (rows: readonly JobRow[]) => rows.map(({ printer_id: printerId }) => printerId)

    it('wait together when one of them can go to no other printer', async () => {
      const near = await addSocketPrinter(server, gone, 'Near')
      const first = await confirm('A', 'first', near.stationId)
      const sink = await startSocketSink()
      const far = await addSocketPrinter(server, sink, 'Far')
      const second = await confirmAlso('A', 'second', near.stationId)
      await confirm('B', 'other', near.stationId)
      const rows = await jobsWhen('the other package’s is printed', (all) => all[2]?.status === 'completed')
      expect(printersOf(rows)).to.deep.equal([near.printerId, near.printerId, far.printerId])
      expect(rows.map(({ status }) => status)).to.deep.equal(['queued', 'queued', 'completed'])
      const back = await startSocketSink({ port: gone.port })
      await jobsWhen('all are printed', (all) => all.every(({ status }) => status === 'completed'))
      expect(back.received.equals(Buffer.concat([first, second]))).to.equal(true)
      await Promise.all([sink.close(), back.close()])
    })

    it('go to one printer together when all of them can', async () => {
      const sinks = [await startSocketSink(), await startSocketSink()]
      const near = await addSocketPrinter(server, gone, 'Near')
      const far = [
        await addSocketPrinter(server, sinks[0]!, 'Far'),
        await addSocketPrinter(server, sinks[1]!, 'Farther'),
      ]
      // The shorter queue would be the other printer's for every second paper.
      await server.db.raw('update printers set is_paused = true where printer_id = ?', [near.printerId])
      await confirm('A', 'first', near.stationId)
      await confirmAlso('A', 'second', near.stationId)
      await confirm('B', 'other', near.stationId)
      await server.services.printerControl.setPaused(caller, near.printerId, false)
      const rows = await jobsWhen('all are printed', (all) =>
        all.every(({ status }) => status === 'completed'),
      )
      const [first, second, other] = printersOf(rows)
      expect(second).to.equal(first)
      expect(other).not.to.equal(near.printerId)
      expect(far.map(({ printerId }) => printerId)).to.include(first)
      await Promise.all(sinks.map((sink) => sink.close()))
    })
  })

  it('moves to a printer of a station client that is there, and to none that nobody ever asked for jobs', async () => {
    const near = await addSocketPrinter(server, gone, 'Near')
    const client = await server.services.printers.createStation('usr_test', {
      locationId: server.credentials.location_id,
      name: 'Client',
      printers: [{ name: 'Client laser', pool: 'LASER', connection: { type: 'station' } }],
    })
    await confirm('S', 'for the client', near.stationId)
    const [job] = await jobsWhen('it was refused often', refusedOften)
    expect(job).to.include({ printer_id: near.printerId })
    const signal = new AbortController().signal
    const wait = { waitMs: 20_000, printerId: null, signal }
    const fetched = await server.services.stationClients.next(caller, client.stationId, wait)
    expect(fetched).to.include({ jobId: job?.job_id })
    expect(fetched?.warnings).to.deep.equal([
      'printer-changed: Near laser takes no jobs, so it goes to Client laser at Client',
    ])
  })

  it('stays when the caller named the printer', async () => {
    const sink = await startSocketSink()
    const near = await addSocketPrinter(server, gone, 'Near')
    await addSocketPrinter(server, sink, 'Far')
    await server.services.jobIntake.submitTestPage(caller, near.printerId)
    const [job] = await jobsWhen('it was refused often', refusedOften)
    expect(job).to.include({ status: 'queued', printer_id: near.printerId })
    expect(sink.connections).to.equal(0)
    await sink.close()
  })

  it('stays when the other one is of another pool, is paused or can not be reached', async () => {
    const sink = await startSocketSink()
    const near = await addSocketPrinter(server, gone, 'Near')
    const paused = await addSocketPrinter(server, sink, 'Paused')
    const label = await addSocketPrinter(server, sink, 'Label')
    await addSocketPrinter(server, gone, 'Off')
    await server.db.raw(`update printers set is_paused = true where printer_id = ?`, [paused.printerId])
    await server.db.raw(`update printers set pool = 'LABEL' where printer_id = ?`, [label.printerId])
    await server.db.raw(`update printers set status = 'offline' where name = 'Off laser'`)
    await confirm('D', 'stays', near.stationId)
    const [job] = await jobsWhen('it was refused often', refusedOften)
    expect(job).to.include({ status: 'queued', printer_id: near.printerId })
    expect(sink.connections).to.equal(0)
    await sink.close()
  })

  it('asks the printer itself how it is: one line of the ledger, and not a look at the document', async () => {
    const near = await addSocketPrinter(server, gone, 'Near')
    const pdf = await confirm('E', 'probed', near.stationId)
    const [job] = await jobsWhen('it was refused often', refusedOften)
    const attempts = async () => {
      const { rows } = await server.db.raw('select outcome from print_attempts order by attempt_id')
      return rows.map(({ outcome }: { outcome: string }) => outcome)
    }
    expect(await attempts()).to.deep.equal(['not_sent'])
    const held = await server.services.printJobs.getJob(server.db, job?.job_id ?? '')
    expect(held.stateReasons).to.deep.equal(['connecting-to-device'])
    const back = await startSocketSink({ port: gone.port })
    await jobsWhen('it is printed', (all) => all.every(({ status }) => status === 'completed'))
    expect(back.received).to.deep.equal(pdf)
    expect(await attempts()).to.deep.equal(['not_sent', 'sent'])
    await back.close()
  })

  it('cancels a job while its printer is asked', async () => {
    const near = await addSocketPrinter(server, gone, 'Near')
    await confirm('F', 'canceled', near.stationId)
    const [job] = await jobsWhen('it was refused often', refusedOften)
    const report = { status: 'canceled', reason: 'not needed' } as const
    await server.services.jobProgress.updateJob(caller, job?.job_id ?? '', report)
    const back = await startSocketSink({ port: gone.port })
    const pdf = await confirm('G', 'next', near.stationId)
    await jobsWhen('the next is printed', (all) => all.at(-1)?.status === 'completed')
    expect(back.received).to.deep.equal(pdf)
    await back.close()
  })
})
