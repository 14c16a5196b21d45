import { expect } from 'chai'
import { type CupsServer, startCups } from '../helpers/cupsd.ts'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { addIppPrinter, addPackagesWithFile } from '../helpers/print-floor.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'

interface JobRow {
  readonly status: string
  readonly reason: string | null
  readonly state_reasons: readonly string[]
}

describe('a print server of CUPS', function () {
  this.timeout(60_000)
  let server: TestServer
  let cups: CupsServer
  let sink: SocketSink
  let stationId: string

  before(async function () {
    cups = await startCups(this)
    server = await startServer({
      env: { PRINTER_PORTS: '1-65535' },
      printingTiming: { retryMinMs: 50, retryMaxMs: 200 },
    })
  })
  after(async () => {
    // Skipped before it began.
    if (!(server as TestServer | undefined)) return
    await server.stop()
    await cups.close()
  })

  let queue = 0
  let name = ''
  beforeEach(async () => {
    queue += 1
    name = `q${queue}`
    sink = await startSocketSink()
    const station = await addIppPrinter(server, await cups.addQueue(name, sink), `Cups ${queue}`)
    stationId = station.stationId
  })
  afterEach(() => sink.close())

  async function confirm(id: string): Promise<{ pdf: Buffer; instructionId: number }> {
    const pdf = await makePdf({ pages: 1, widthPt: 612, heightPt: 792, text: id })
    const { instructionId } = await addPackagesWithFile(server, { id, count: 1, pdf })
    await server.rpc.call(
      'packing.confirm',
      [instructionId, `${id}-s-1`, { station_id: stationId }],
      'packer',
    )
    return { pdf, instructionId }
  }

  const jobs = async (): Promise<readonly JobRow[]> => {
    const { rows } = await server.db.raw(
      `select print_jobs.status, reason, print_jobs.state_reasons from print_jobs
       where station_id = ? order by queue_position`,
      [stationId],
    )
    return rows
  }
  const jobsWhen = (what: string, test: (rows: readonly JobRow[]) => boolean) =>
    eventually(what, async () => {
      const rows = await jobs()
      return rows.length > 0 && test(rows) ? rows : undefined
    })
  const allCompleted = () =>
    jobsWhen('every job is printed', (rows) => rows.every(({ status }) => status === 'completed'))
  const firstDetail = async (): Promise<string> => {
    const { rows } = await server.db.raw(
      `select detail from print_attempts join print_jobs using (job_id) where station_id = ? order by attempt_id`,
      [stationId],
    )
    return rows[0].detail
  }

  it('prints what it is given, byte for byte, and tells when', async () => {
    const { pdf } = await confirm('C1')
    await allCompleted()
    expect(sink.received).to.deep.equal(pdf)
  })

  it('holds its queue while it is disabled, says why, and goes on by itself in order', async () => {
    await cups.disable(name, 'out of labels')
    const first = await confirm('D1')
    const second = await confirm('D2')
    const held = await jobsWhen(
      'the first says what it waits for',
      ([job]) => job?.state_reasons.length !== 0,
    )
    expect(held[0]).to.include({ status: 'queued', reason: null })
    expect(held[0]?.state_reasons).to.include('paused')
    expect(await firstDetail()).to.match(/the printer is paused: resume it; out of labels/)
    await cups.enable(name)
    await allCompleted()
    expect(sink.received.equals(Buffer.concat([first.pdf, second.pdf]))).to.equal(true)
  })

  it('holds its queue while it rejects jobs, and fails none', async () => {
    await cups.reject(name, 'moving house')
    const { pdf } = await confirm('R1')
    const held = await jobsWhen('it says what it waits for', ([job]) => job?.state_reasons.length !== 0)
    expect(held[0]).to.include({ status: 'queued', reason: null })
    expect(await firstDetail()).to.include('accepts no jobs')
    await cups.accept(name)
    await allCompleted()
    expect(sink.received).to.deep.equal(pdf)
  })
})
