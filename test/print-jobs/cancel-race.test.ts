import { expect } from 'chai'
import type { DispatcherStep } from '../../lib/print-jobs/delivery-step.ts'
import { eventually } from '../helpers/eventually.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { createStepGate } from '../helpers/step-gate.ts'
import { rejection } from '../printers/printing-fixtures.ts'
import { aKey, aStation, createJob } from './station-client-fixtures.ts'

describe('canceling a job that is about to be sent', () => {
  let server: TestServer
  let sink: SocketSink
  let stationId: string
  const gate = createStepGate()

  before(async () => {
    sink = await startSocketSink()
    server = await startServer({
      env: { PRINTER_PORTS: '1-65535' },
      checkpoint: gate.checkpoint,
    })
    const connection = { type: 'socket', host: sink.host, port: sink.port, language: 'pdf' } as const
    stationId = (await aStation(server, [{ name: 'p', connection }])).stationId
  })
  after(async () => {
    await server.stop()
    await sink.close()
  })

  const cancel = (jobId: string) =>
    server.services.jobProgress.updateJob(aKey(), jobId, { status: 'canceled', reason: null })

  async function at(step: DispatcherStep, work: (jobId: string) => Promise<void>): Promise<string> {
    const { jobId } = await gate.at(
      step,
      () => createJob(server, { stationId }),
      (job) => work(job.jobId),
    )
    return jobId
  }

  it('sends nothing when the printer is reached and no byte has left', async () => {
    const jobId = await at('reached', async (id) => {
      expect((await cancel(id)).job.status).to.equal('canceled')
    })
    const attempts = await eventually('the end of the attempt', async () => {
      const lines = await server.services.jobLookup.attempts(aKey(), jobId)
      return lines[0]?.outcome ? lines : undefined
    })
    expect(attempts.map(({ outcome }) => outcome)).to.deep.equal(['not_sent'])
    expect((await server.services.jobLookup.getJob(aKey(), jobId)).status).to.equal('canceled')
    expect(sink.received).to.have.length(0)
  })

  it('comes too late once the job is marked as being sent', async () => {
    const jobId = await at('marked', async (id) => {
      expect(await rejection(cancel(id))).to.have.nested.property(
        'details.reason',
        'invalid_status_transition',
      )
    })
    await eventually('the end of the job', async () => {
      const { status } = await server.services.jobLookup.getJob(aKey(), jobId)
      return status === 'completed' ? true : undefined
    })
  })
})
