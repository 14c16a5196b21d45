import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import type { DispatcherStep } from '../../lib/print-jobs/delivery-step.ts'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { type FakeIppPrinter, startFakeIppPrinter } from '../helpers/fake-ipp-printer.ts'
import { type IppPrinter, startIppPrinter } from '../helpers/ippeveprinter.ts'
import { addIppPrinter, addPackagesWithFile } from '../helpers/print-floor.ts'
import { createRpcClient } from '../helpers/rpc-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { startServerProcess } from '../helpers/server-process.ts'

/** A printer that can be asked: whatever the step, the job ends as what it is, and one copy is on paper. */
const STEPS: readonly DispatcherStep[] = ['reached', 'marked', 'accepted', 'delivered', 'recorded']

/** Of the 20 s that bytes on their way would be waited for. */
const STOPPED_WITHIN_MS = 15_000

describe('a server killed while it prints over IPP', function () {
  this.timeout(60_000)
  let server: TestServer
  let printer: IppPrinter

  beforeEach(async function () {
    printer = await startIppPrinter(this, {
      script: `[ -p "$FOLDER/gate" ] && read wait < "$FOLDER/gate"; exit 0`,
    })
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' }, printingTiming: { graceMs: 100 } })
  })
  afterEach(async () => {
    await server.stop()
    await printer.close()
  })

  const page = (text: string) => makePdf({ pages: 1, widthPt: 612, heightPt: 792, text })
  const jobRows = async () => {
    const { rows } = await server.db.raw(
      'select job_id, status, reason from print_jobs order by queue_position',
    )
    return rows as { job_id: string; status: string; reason: string | null }[]
  }
  const ended = () =>
    eventually('the job ends', async () => {
      const [job] = await jobRows()
      return job && !['queued', 'processing'].includes(job.status) ? job : undefined
    })
  const outcomes = async (): Promise<(string | null)[]> => {
    const { rows } = await server.db.raw('select outcome from print_attempts order by attempt_id')
    return rows.map((row: { outcome: string | null }) => row.outcome)
  }

  /** The process that will die confirms; the answer may not come any more. */
  async function printAndDie(step: DispatcherStep, pdf: Buffer): Promise<void> {
    const { stationId } = await addIppPrinter(server, printer.uri)
    const { instructionId } = await addPackagesWithFile(server, { id: 'K1', count: 1, pdf })
    await server.pause()
    const child = await startServerProcess(server.env, step)
    const keys = { packer: server.credentials.packer.api_key, demo: '', 'demo-other': '' }
    const client = createRpcClient(`${child.baseUrl}/api/jsonrpc`, keys)
    const args = [instructionId, 'K1-s-1', { station_id: stationId }]
    await client.call('packing.confirm', args, 'packer').catch(() => undefined)
    expect(await child.ended).to.equal('SIGKILL')
  }

  for (const step of STEPS) {
    it(`prints one copy and knows it when it dies at "${step}"`, async () => {
      const pdf = await page(step)
      await printAndDie(step, pdf)
      await server.resume()
      const job = await ended()
      expect(job).to.include({ status: 'completed', reason: null })
      expect(await printer.documents()).to.deep.equal([pdf])
      expect((await outcomes()).at(-1)).to.equal('confirmed')
      expect(await outcomes()).not.to.include(null)
    })
  }

  it('asks again when the process that asked is killed too', async () => {
    const pdf = await page('twice')
    await printAndDie('accepted', pdf)
    // It recovers while it starts, and may be dead before it says that it is ready.
    const died = await startServerProcess(server.env, 'recovered').then(
      (second) => second.ended,
      (error: Error) => /ended with (\w+) before/.exec(error.message)?.[1],
    )
    expect(died).to.equal('SIGKILL')
    await server.resume()
    expect(await ended()).to.include({ status: 'completed' })
    expect(await printer.documents()).to.deep.equal([pdf])
    expect(await outcomes()).to.deep.equal(['confirmed'])
  })

  it('leaves a job that waits at the printer to the next process when it is told to stop', async () => {
    spawnSync('mkfifo', [join(printer.folder, 'gate')])
    const pdf = await page('slow')
    const { stationId } = await addIppPrinter(server, printer.uri)
    const { instructionId } = await addPackagesWithFile(server, { id: 'K2', count: 1, pdf })
    await server.rpc.call('packing.confirm', [instructionId, 'K2-s-1', { station_id: stationId }], 'packer')
    await eventually('the printer has the document', async () => {
      const { rows } = await server.db.raw('select from print_attempts where bytes_written > 0')
      return rows.length > 0 ? true : undefined
    })
    const askedAt = performance.now()
    await server.pause()
    expect(performance.now() - askedAt).to.be.below(STOPPED_WITHIN_MS)
    expect((await jobRows()).map(({ status }) => status)).to.deep.equal(['processing'])
    await server.resume()
    await writeFile(join(printer.folder, 'gate'), 'go\n')
    expect(await ended()).to.include({ status: 'completed' })
    expect(await printer.documents()).to.deep.equal([pdf])
    expect(await outcomes()).to.deep.equal(['confirmed'])
  })
})

describe('a server told to stop while an IPP printer answers nothing', function () {
  this.timeout(60_000)

  it('doesn’t wait for it, and keeps the job in its queue', async () => {
    const printer = await startFakeIppPrinter({ getPrinterAttributes: () => undefined })
    const server = await startServer({ env: { PRINTER_PORTS: '1-65535' }, printingTiming: { graceMs: 100 } })
    const { stationId } = await addIppPrinter(server, printer.uri)
    const pdf = await makePdf({ pages: 1, widthPt: 612, heightPt: 792, text: 'mute' })
    const { instructionId } = await addPackagesWithFile(server, { id: 'M1', count: 1, pdf })
    await server.rpc.call('packing.confirm', [instructionId, 'M1-s-1', { station_id: stationId }], 'packer')
    await eventually('the printer is asked', async () => (printer.asked.length > 0 ? true : undefined))
    const askedAt = performance.now()
    await server.pause()
    expect(performance.now() - askedAt).to.be.below(STOPPED_WITHIN_MS)
    const { rows } = await server.db.raw('select status, reason from print_jobs')
    expect(rows).to.deep.equal([{ status: 'queued', reason: null }])
    await server.stop()
    await printer.close()
  })
})

describe('a server killed after the first byte to an IPP printer that has forgotten', function () {
  this.timeout(60_000)
  let server: TestServer
  let printer: FakeIppPrinter
  beforeEach(async () => {
    printer = await startFakeIppPrinter()
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' }, printingTiming: { graceMs: 100 } })
  })
  afterEach(async () => {
    await server.stop()
    await printer.close()
  })

  it('fails the job as possibly printed, and sends it never again', async () => {
    const { stationId } = await addIppPrinter(server, printer.uri)
    const pdf = await makePdf({ pages: 1, widthPt: 612, heightPt: 792, text: 'lost' })
    const { instructionId } = await addPackagesWithFile(server, { id: 'K3', count: 1, pdf })
    await server.pause()
    const child = await startServerProcess(server.env, 'accepted')
    const keys = { packer: server.credentials.packer.api_key, demo: '', 'demo-other': '' }
    await createRpcClient(`${child.baseUrl}/api/jsonrpc`, keys)
      .call('packing.confirm', [instructionId, 'K3-s-1', { station_id: stationId }], 'packer')
      .catch(() => undefined)
    expect(await child.ended).to.equal('SIGKILL')
    await server.resume()
    const job = await eventually('the job ends', async () => {
      const { rows } = await server.db.raw(`select status, reason from print_jobs where status = 'failed'`)
      return rows[0] as { status: string; reason: string } | undefined
    })
    expect(job.reason).to.match(/^outcome-unknown: .*the printer knows no such job; it may have printed$/)
    expect(printer.asked.filter((name) => name === 'printJob')).to.have.length(1)
  })
})
