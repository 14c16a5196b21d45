import { expect } from 'chai'
import type { DispatcherStep } from '../../lib/print-jobs/delivery-step.ts'
import { makePdf } from '../helpers/documents.ts'
import { eventually } from '../helpers/eventually.ts'
import { addPackagesWithFile, addSocketPrinter } from '../helpers/print-floor.ts'
import { createRpcClient } from '../helpers/rpc-client.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type ServerProcess, startServerProcess } from '../helpers/server-process.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'

/** What must be true after the process was killed at that step and another took over; every step: test/faults. */
const STEPS: readonly { step: DispatcherStep; status: string; copies: number }[] = [
  { step: 'reached', status: 'completed', copies: 1 },
  // From the mark on the first byte may be out: a person decides, nothing is sent again.
  { step: 'delivered', status: 'failed', copies: 1 },
]

describe('a server killed between two steps of a delivery', function () {
  this.timeout(60_000)
  let server: TestServer
  let sink: SocketSink

  beforeEach(async () => {
    sink = await startSocketSink()
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' }, printingTiming: { graceMs: 100 } })
  })
  afterEach(async () => {
    await server.stop()
    await sink.close()
  })

  for (const { step, status, copies } of STEPS) {
    it(`loses no job and prints none twice when it dies at "${step}"`, async () => {
      const pdf = await makePdf({ pages: 1, widthPt: 612, heightPt: 792, text: step })
      const { stationId } = await addSocketPrinter(server, sink)
      const { instructionId } = await addPackagesWithFile(server, { id: 'K1', count: 1, pdf })
      await server.pause()
      const child = await startServerProcess(server.env, step)
      const jobId = await confirm(child, server, [instructionId, 'K1-s-1', { station_id: stationId }])
      expect(await child.ended).to.equal('SIGKILL')

      await server.resume()
      const job = await eventually('the job ends', async () => {
        const found = await server.services.printJobs.getJob(server.db, jobId)
        return found.status === 'queued' || found.status === 'processing' ? undefined : found
      })
      expect(job.status).to.equal(status)
      if (status === 'failed') expect(job.reason).to.match(/^outcome-unknown: .*may have printed/)
      expect(sink.received.length).to.equal(copies * pdf.length)
      const listed = await server.rpc.call('order_instruction.list', ['K1'])
      expect(listed[0].copies_printed).to.equal(status === 'completed' ? '1' : '0')
      expect(await outcomesOf(server, jobId)).to.not.include(null)
    })
  }

  it('prints what it had claimed with the outcome of the job before, once', async () => {
    const pdf = await makePdf({ pages: 1, widthPt: 612, heightPt: 792, text: 'one of three' })
    const { stationId, printerId } = await addSocketPrinter(server, sink)
    const { instructionId } = await addPackagesWithFile(server, { id: 'K2', count: 3, pdf })
    const setPaused = (isPaused: boolean) =>
      server.db.raw('update printers set is_paused = ? where printer_id = ?', [isPaused, printerId])
    await setPaused(true)
    for (const number of [1, 2, 3]) {
      const target = [instructionId, `K2-s-${number}`, { station_id: stationId }]
      await server.rpc.call('packing.confirm', target, 'packer')
    }
    await server.pause()
    await setPaused(false)
    const child = await startServerProcess(server.env, 'recorded')
    expect(await child.ended).to.equal('SIGKILL')
    const ledger = async () => {
      const { rows } = await server.db.raw(
        `select print_jobs.status, array_agg(outcome order by attempt) as outcomes
         from print_jobs left join print_attempts using (job_id)
         group by job_id order by queue_position`,
      )
      return rows
    }
    expect(await ledger()).to.deep.equal([
      { status: 'completed', outcomes: ['sent'] },
      { status: 'queued', outcomes: [null] },
      { status: 'queued', outcomes: [null] },
    ])

    await server.resume()
    const ended = await eventually('the jobs end', async () => {
      const rows = await ledger()
      return rows.every(({ status }: { status: string }) => status === 'completed') ? rows : undefined
    })
    expect(ended).to.deep.equal([
      { status: 'completed', outcomes: ['sent'] },
      // Claimed by the process that died, and not begun.
      { status: 'completed', outcomes: ['not_sent', 'sent'] },
      { status: 'completed', outcomes: ['sent'] },
    ])
    expect(sink.received.length).to.equal(3 * pdf.length)
  })
})

/** Confirms at the process that will die; the answer may not come any more. */
async function confirm(child: ServerProcess, server: TestServer, args: unknown[]): Promise<string> {
  const { rpc, rpc_other_merchant, packer } = server.credentials
  const client = createRpcClient(`${child.baseUrl}/api/jsonrpc`, {
    demo: rpc.api_key,
    'demo-other': rpc_other_merchant.api_key,
    packer: packer.api_key,
  })
  await client.call('packing.confirm', args, 'packer').catch(() => undefined)
  const { rows } = await server.db.raw('select job_id from print_jobs where instruction_id = ?', [
    Number(args[0]),
  ])
  expect(rows).to.have.length(1)
  return rows[0].job_id
}

async function outcomesOf(server: TestServer, jobId: string): Promise<(string | null)[]> {
  const { rows } = await server.db.raw('select outcome from print_attempts where job_id = ?', [jobId])
  return rows.map((row: { outcome: string | null }) => row.outcome)
}
