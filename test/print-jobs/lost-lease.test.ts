import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { createStepGate } from '../helpers/step-gate.ts'
import { aKey, aStation, createJob } from './station-client-fixtures.ts'

/** Each is all that is amiss: the job is queued and its attempt open, and nobody else has taken anything over. */
const LOSSES = [
  ['another process has had it since', 'update printer_leases set fence = fence + 1 where printer_id = ?'],
  [
    'it has run out',
    `update printer_leases set expires_at = clock_timestamp() - interval '1 second' where printer_id = ?`,
  ],
] as const

describe('a printer’s lease that is lost after the printer was reached', function () {
  this.timeout(60_000)
  const gate = createStepGate()
  let server: TestServer
  let sink: SocketSink

  beforeEach(async () => {
    sink = await startSocketSink()
    server = await startServer({
      env: { PRINTER_PORTS: '1-65535' },
      checkpoint: gate.checkpoint,
      printingTiming: { leaseTtlMs: 3_000, pollMs: 200 },
    })
  })
  afterEach(async () => {
    await server.stop()
    await sink.close()
  })

  async function aPrinter(): Promise<{ readonly stationId: string; readonly printerId: string }> {
    const connection = { type: 'socket', host: sink.host, port: sink.port, language: 'pdf' } as const
    const { stationId, printers } = await aStation(server, [{ name: 'p', connection }])
    return { stationId, printerId: printers[0]?.printerId ?? '' }
  }

  const attemptsOf = (jobId: string) => server.services.jobLookup.attempts(aKey(), jobId)
  const outcomesOf = async (jobId: string) => (await attemptsOf(jobId)).map(({ outcome }) => outcome)

  for (const [what, sql] of LOSSES) {
    it(`lets no byte out when ${what}, and the next holder prints the job once`, async () => {
      const { stationId, printerId } = await aPrinter()
      const start = () => createJob(server, { stationId, options: { copies: 2 } })
      const { jobId } = await gate.at('reached', start, () => server.db.raw(sql, [printerId]))
      const ended = await eventually(
        'it is printed',
        async () => {
          const job = await server.services.jobLookup.getJob(aKey(), jobId)
          return job.status === 'completed' ? job : undefined
        },
        30_000,
      )
      expect(ended.options.copies).to.equal(2)
      expect(await outcomesOf(jobId)).to.deep.equal(['not_sent', 'sent'])
      const [, sent] = await attemptsOf(jobId)
      expect(sink.received).to.have.length(sent?.bytesWritten ?? 0)
    })
  }

  it('leaves a line of all the bytes that were about to be sent, copies and all', async () => {
    const connection = { type: 'socket', host: sink.host, port: sink.port, language: 'raw' } as const
    const { stationId } = await aStation(server, [{ name: 'raw', connection }])
    const bytes = Buffer.from('\x1b@a receipt\n')
    const source = { kind: 'data', declaredType: 'application/vnd.escpos', bytes } as const
    const start = () => createJob(server, { stationId, source, options: { copies: 3 } })
    await gate.at('marked', start, async ({ jobId }) => {
      const [line] = await attemptsOf(jobId)
      expect(line).to.include({ bytesOffered: 3 * bytes.length, bytesWritten: 0, outcome: null })
    })
  })

  it('writes no outcome when another process has taken the attempt over', async () => {
    const { stationId, printerId } = await aPrinter()
    const start = () => createJob(server, { stationId })
    const { jobId } = await gate.at('delivered', start, async () => {
      await server.db.raw('update print_attempts set fence = fence + 1 where printer_id = ?', [printerId])
      await server.db.raw('update printer_leases set fence = fence + 1 where printer_id = ?', [printerId])
    })
    await eventually('whoever has it next judges', async () =>
      (await outcomesOf(jobId)).includes('unknown') ? true : undefined,
    )
    const job = await server.services.jobLookup.getJob(aKey(), jobId)
    expect(job.reason).to.match(/^outcome-unknown: .*may have printed/)
    expect(sink.connections).to.equal(1)
  })
})
