import { expect } from 'chai'
import { eventually } from '../helpers/eventually.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { type SocketSink, startSocketSink } from '../helpers/socket-sink.ts'
import { createStepGate } from '../helpers/step-gate.ts'
import { aKey, aStation, createJob } from './station-client-fixtures.ts'

/** contracts/cloud-printing.md, section 5: the queue of a printer that is removed is canceled, what it prints ends. */
describe('a job in hand while its printer is removed, of which the printer then takes nothing', () => {
  const gate = createStepGate()
  let server: TestServer
  let sink: SocketSink

  before(async () => {
    sink = await startSocketSink()
    server = await startServer({ env: { PRINTER_PORTS: '1-65535' }, checkpoint: gate.checkpoint })
  })
  after(() => server.stop())

  it('is canceled as the queue was, and tells so', async () => {
    const connection = { type: 'socket', host: sink.host, port: sink.port, language: 'pdf' } as const
    const { stationId, name } = await aStation(server, [{ name: 'p', connection }])
    const create = () => createJob(server, { stationId })
    const { jobId } = await gate.at('marked', create, async () => {
      const { canceledJobs } = await server.services.stations.remove(aKey(), stationId)
      expect(canceledJobs, 'it is no job of the queue').to.equal(0)
      await sink.close()
      // A round trip, in which the server hears of that.
      await server.db.raw('select 1')
    })
    const job = await eventually('it has ended', async () => {
      const now = await server.services.jobLookup.getJob(aKey(), jobId)
      return now.status === 'canceled' ? now : undefined
    })
    expect(job.reason).to.equal(`printer-removed: p of ${name} was removed`)
    expect(sink.received.length).to.equal(0)
    const attempts = await server.services.jobLookup.attempts(aKey(), jobId)
    expect(attempts[0]).to.include({ outcome: 'not_sent', bytesWritten: 0 })
    const events = await server.db('events').where({ resource_id: jobId }).orderBy('sequence').pluck('type')
    expect(events.at(-1)).to.equal('cloud_printing.job.canceled')
  })
})
