import { expect } from 'chai'
import type { Caller } from '../../lib/access/caller.ts'
import { eventually } from '../helpers/eventually.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { createStepGate } from '../helpers/step-gate.ts'
import { aKey, aStation, createJob } from './station-client-fixtures.ts'

const SMALL_MAX = 262_144

describe('raw documents in a queue', function () {
  this.timeout(60_000)
  const gate = createStepGate()
  const caller: Caller = aKey()
  let server: TestServer
  let sink: SocketSink
  let stationId: string

  before(async () => {
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' }, checkpoint: gate.checkpoint })
  })
  after(() => server.stop())
  beforeEach(async () => {
    sink = await startSocketSink()
    const connection = { type: 'socket', host: sink.host, port: sink.port, language: 'raw' } as const
    stationId = (await aStation(server, [{ name: 'raw', connection }])).stationId
  })
  afterEach(() => sink.close())

  const zpl = (text: string, length = 0) => Buffer.from(`^XA^FX${text.padEnd(length - 9)}^XZ`)
  const queue = (bytes: Buffer) =>
    createJob(server, {
      stationId,
      source: { kind: 'data', declaredType: 'application/vnd.zebra-zpl', bytes },
    })
  const ended = (jobId: string) =>
    eventually('the job ends', async () => {
      const job = await server.services.jobLookup.getJob(caller, jobId)
      return job.status === 'queued' || job.status === 'processing' ? undefined : job
    })

  it('come out whole and in order, whatever their size', async () => {
    const labels = [10_000, SMALL_MAX, SMALL_MAX + 1, 3 * SMALL_MAX, 12].map((length, number) =>
      zpl(`label ${number}`, length),
    )
    const jobIds: string[] = []
    const { jobId } = await gate.at(
      'claimed',
      () => queue(zpl('first')),
      async () => {
        for (const label of labels) jobIds.push((await queue(label)).jobId)
      },
    )
    for (const id of [jobId, ...jobIds]) expect((await ended(id)).status).to.equal('completed')
    expect(sink.perConnection).to.have.length(labels.length + 1)
    for (const [number, label] of [zpl('first'), ...labels].entries()) {
      expect(sink.perConnection[number]?.equals(label), `label ${number}`).to.equal(true)
    }
  })

  it('are read with the claim: what becomes of the bytes later is not waited for', async () => {
    const label = zpl('claimed', 500)
    const { jobId } = await gate.at(
      'claimed',
      () => queue(label),
      async ({ documentId }) => {
        await server.db.raw('delete from document_contents where document_id = ?', [documentId])
      },
    )
    expect((await ended(jobId)).status).to.equal('completed')
    expect(sink.received.equals(label)).to.equal(true)
  })

  it('say so where their bytes were gone before the claim', async () => {
    const label = zpl('gone', 500)
    let goneId = ''
    const { jobId } = await gate.at(
      'claimed',
      () => queue(zpl('before')),
      async () => {
        const gone = await queue(label)
        goneId = gone.jobId
        await server.db.raw('delete from document_contents where document_id = ?', [gone.documentId])
      },
    )
    expect((await ended(jobId)).status).to.equal('completed')
    const { status, reason } = await ended(goneId)
    expect(status).to.equal('failed')
    expect(reason).to.match(/document/)
    expect(sink.received.includes('gone')).to.equal(false)
  })
})
