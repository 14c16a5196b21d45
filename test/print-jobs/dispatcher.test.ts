import { expect } from 'chai'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { startIppPrinter } from '../helpers/ippeveprinter.ts'
import { addPackagesWithFile, addSocketPrinter } from '../helpers/print-floor.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { startServerProcess } from '../helpers/server-process.ts'
import { startSocketSink } from '../helpers/socket-sink.ts'

interface JobRow {
  readonly job_id: string
  readonly status: string
  readonly reason: string | null
  readonly state_reasons: string[]
}

describe('the dispatcher', function () {
  this.timeout(60_000)
  let server: TestServer
  beforeEach(async () => {
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' } })
  })
  afterEach(() => server.stop())

  const page = (text: string) => makePdf({ pages: 1, widthPt: 612, heightPt: 792, text })
  const jobs = async (): Promise<JobRow[]> => {
    const { rows } = await server.db.raw(
      'select job_id, status, reason, state_reasons from print_jobs order by queue_position',
    )
    return rows
  }
  const allEnded = () =>
    eventually('every job ends', async () => {
      const rows = await jobs()
      return rows.every(({ status }) => status !== 'queued' && status !== 'processing') ? rows : undefined
    })

  it('gives a raw TCP printer the very bytes of the document', async () => {
    const sink = await startSocketSink()
    const pdf = await page('raw')
    const { stationId } = await addSocketPrinter(server, sink)
    const { instructionId } = await addPackagesWithFile(server, { id: 'A', count: 1, pdf })
    await server.rpc.call('packing.confirm', [instructionId, 'A-s-1', { station_id: stationId }], 'packer')
    expect(await sink.ended).to.deep.equal(pdf)
    expect((await allEnded()).map(({ status }) => status)).to.deep.equal(['completed'])
    await sink.close()
  })

  it('leaves nothing behind of a job that is over, however many a printer has had', async () => {
    const warnings: string[] = []
    const hear = ({ message }: Error) => void warnings.push(message)
    process.on('warning', hear)
    const sink = await startSocketSink()
    const { stationId } = await addSocketPrinter(server, sink)
    const { instructionId, packageIds } = await addPackagesWithFile(server, {
      id: 'M',
      count: 12,
      pdf: await page('many'),
    })
    for (const packageId of packageIds) {
      await server.rpc.call(
        'packing.confirm',
        [instructionId, packageId, { station_id: stationId }],
        'packer',
      )
    }
    expect((await allEnded()).map(({ status }) => status)).to.deep.equal(packageIds.map(() => 'completed'))
    await sink.close()
    process.off('warning', hear)
    expect(warnings).to.deep.equal([])
  })

  it('gives an IPP printer the very bytes and knows that it printed', async function () {
    const printer = await startIppPrinter(this)
    try {
      const pdf = await page('ipp')
      const station = await server.services.printers.createStation('usr_test', {
        locationId: server.credentials.location_id,
        name: 'IPP',
        printers: [{ name: 'Office', pool: 'LASER', connection: { type: 'ipp', uri: printer.uri } }],
      })
      const { instructionId } = await addPackagesWithFile(server, { id: 'I', count: 1, pdf })
      const options = { station_id: station.stationId }
      const confirmed = await server.rpc.call('packing.confirm', [instructionId, 'I-s-1', options], 'packer')
      expect(confirmed.print_job.printer.name).to.equal('Office')
      expect((await allEnded()).map(({ status }) => status)).to.deep.equal(['completed'])
      expect(await printer.documents()).to.deep.equal([pdf])
      const { rows } = await server.db.raw('select outcome, bytes_written from print_attempts')
      expect(rows).to.deep.equal([{ outcome: 'confirmed', bytes_written: String(pdf.length) }])
    } finally {
      await printer.close()
    }
  })

  it('keeps the job of an unreachable printer, says why, and prints it once it is back', async () => {
    const gone = await startSocketSink()
    await gone.close()
    const pdf = await page('later')
    const { stationId, printerId } = await addSocketPrinter(server, gone)
    const { instructionId } = await addPackagesWithFile(server, { id: 'U', count: 1, pdf })
    const options = { station_id: stationId }
    await server.rpc.call('packing.confirm', [instructionId, 'U-s-1', options], 'packer')
    const held = await eventually('the job says what it waits for', async () => {
      const view = await server.rpc.call('packing.open', ['U-s-1'], 'packer')
      return view.occurrences[0].print_job.reason === null ? undefined : view.occurrences[0].print_job
    })
    expect(held).to.include({ status: 'queued', reason: 'connecting-to-device' })
    expect((await server.services.printers.getPrinter(server.db, printerId)).status).to.equal('offline')

    const back = await startSocketSink({ port: gone.port })
    const [job] = await allEnded()
    expect(job).to.include({ status: 'completed' })
    expect(back.received).to.deep.equal(pdf)
    expect(job?.state_reasons).to.deep.equal([])
    expect((await server.services.printers.getPrinter(server.db, printerId)).status).to.equal('online')
    await back.close()
  })

  it('never sends a document again whose connection broke after the first byte', async () => {
    const sink = await startSocketSink({ resetAfterBytes: 1 })
    const pdf = await makePdf({ pages: 400, widthPt: 612, heightPt: 792, text: 'long' })
    const { stationId } = await addSocketPrinter(server, sink)
    const { instructionId } = await addPackagesWithFile(server, { id: 'R', count: 2, pdf })
    const options = { station_id: stationId }
    await server.rpc.call('packing.confirm', [instructionId, 'R-s-1', options], 'packer')
    const [job] = await allEnded()
    expect(job?.status).to.equal('failed')
    expect(job?.reason).to.match(/^outcome-unknown: .*may have printed/)
    await server.rpc.call('packing.confirm', [instructionId, 'R-s-1', options], 'packer')
    await server.rpc.call('packing.confirm', [instructionId, 'R-s-2', options], 'packer')
    expect((await allEnded()).map(({ status }) => status)).to.deep.equal(['failed', 'failed'])
    expect(sink.connections, 'one connection per job').to.equal(2)
    await sink.close()
  })

  it('prints in the order of creation, one job at a time, with two processes on the database', async () => {
    const sink = await startSocketSink()
    const other = await startServerProcess(server.env)
    const { stationId } = await addSocketPrinter(server, sink)
    const texts = Array.from({ length: 20 }, (_, index) => `page ${String(index).padStart(3, '0')}`)
    const files: Buffer[] = []
    for (const [index, text] of texts.entries()) {
      const pdf = await page(text)
      files.push(pdf)
      const { instructionId } = await addPackagesWithFile(server, { id: `O${index}`, count: 1, pdf })
      const args = [instructionId, `O${index}-s-1`, { station_id: stationId }]
      await server.rpc.call('packing.confirm', args, 'packer')
    }
    expect((await allEnded()).every(({ status }) => status === 'completed')).to.equal(true)
    expect(sink.received.equals(Buffer.concat(files))).to.equal(true)
    other.kill('SIGTERM')
    expect(await other.ended).to.equal(0)
    await sink.close()
  })

  it('cancels a queued job that has expired, and tells when', async () => {
    const gone = await startSocketSink()
    await gone.close()
    const { stationId } = await addSocketPrinter(server, gone)
    const { instructionId } = await addPackagesWithFile(server, {
      id: 'E',
      count: 1,
      pdf: await page('late'),
    })
    await server.rpc.call('packing.confirm', [instructionId, 'E-s-1', { station_id: stationId }], 'packer')
    await server.db.raw(`update print_jobs set expires_at = '2026-01-01T00:00:00Z'`)
    const [job] = await allEnded()
    expect(job).to.include({
      status: 'canceled',
      reason: 'job-expired: not printed before 2026-01-01T00:00:00Z',
    })
    const { rows } = await server.db.raw(
      `select type from events where resource_type = 'print_job' order by sequence`,
    )
    expect(rows.map(({ type }: { type: string }) => type)).to.deep.equal([
      'cloud_printing.job.created',
      'cloud_printing.job.canceled',
    ])
  })

  it('lets a job end that is being sent when the server drains', async () => {
    const sink = await startSocketSink({ isPaused: true })
    const pdf = await makePdf({ pages: 400, widthPt: 612, heightPt: 792, text: 'slow' })
    const { stationId } = await addSocketPrinter(server, sink)
    const { instructionId } = await addPackagesWithFile(server, { id: 'D', count: 1, pdf })
    await server.rpc.call('packing.confirm', [instructionId, 'D-s-1', { station_id: stationId }], 'packer')
    await eventually('the job is being sent', () => (sink.connections > 0 ? true : undefined))
    const paused = server.pause()
    sink.read()
    await paused
    expect((await jobs()).map(({ status }) => status)).to.deep.equal(['completed'])
    expect(sink.received).to.deep.equal(pdf)
    await sink.close()
  })

  it('raises the fence of a printer with each grant of its lease', async () => {
    const sink = await startSocketSink()
    const { printerId } = await addSocketPrinter(server, sink)
    const { acquireLease } = await import('../../lib/print-jobs/lease-store.ts')
    const fenceOf = async (processNumber: number) => {
      const lease = { printerId, processNumber, ttlMs: 60_000, mayTakeOver: true, lapsed: null }
      const asked = await acquireLease(server.db, lease)
      return 'lease' in asked ? Number(asked.lease.fence) : null
    }
    const first = await fenceOf(900_001)
    expect(await fenceOf(900_001)).to.be.greaterThan(first ?? Number.NaN)
    await sink.close()
  })
})
